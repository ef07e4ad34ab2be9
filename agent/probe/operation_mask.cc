// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/operation_mask.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <vector>

namespace nacelle {
namespace {

constexpr std::size_t kMaxBits = 256;

std::vector<std::string_view> Split(std::string_view text, char separator) {
  std::vector<std::string_view> words;
  for (std::size_t begin = 0; begin <= text.size();) {
    const auto end = std::min(text.find(separator, begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return words;
}

bool ParseHex(std::string_view word, std::uint64_t& value) {
  if (word.starts_with("0x")) word.remove_prefix(2);
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, 16);
  return !word.empty() && error == std::errc{} && end == word.data() + word.size();
}

}  // namespace

Result<std::set<int>> ParseOperationMask(std::string_view text) {
  const bool old_form = text.find(' ') != std::string_view::npos;
  const std::size_t width = old_form ? 64 : 32;
  auto words = Split(text, old_form ? ' ' : ',');
  if (!old_form) std::reverse(words.begin(), words.end());
  const Error invalid(Code::kInvalid, "no operation mask: '" + std::string(text.substr(0, 40)) + "'");
  if (words.size() * width > kMaxBits) return invalid;
  std::set<int> bits;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint64_t value = 0;
    if (!ParseHex(words[i], value) || (width == 32 && value >> 32 != 0)) return invalid;
    for (std::size_t bit = 0; bit < width; ++bit) {
      if ((value >> bit & 1) != 0) bits.insert(static_cast<int>(i * width + bit));
    }
  }
  return bits;
}

}  // namespace nacelle

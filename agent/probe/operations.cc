// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/operations.h"

#include <algorithm>

namespace nacelle {
namespace {

constexpr std::size_t kMaxWord = 63;

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-';
}

char Spell(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '_' ? '-' : c;
}

}  // namespace

std::vector<std::string> OperationsOf(const HardwareTable& table, std::string_view vocabulary, std::string_view word) {
  if (const auto* meaning = FindWord(table, vocabulary, word)) return meaning->operations;
  std::string spelled(word);
  std::transform(spelled.begin(), spelled.end(), spelled.begin(), Spell);
  const bool is_word = std::all_of(spelled.begin(), spelled.end(), IsWordCharacter);
  if (spelled.empty() || spelled.size() > kMaxWord || !is_word) return {};
  return {std::move(spelled)};
}

std::vector<std::string> OperationsOfApCard(const HardwareTable& table, std::string_view type) {
  const auto* meaning = type.empty() ? nullptr : FindWord(table, "ap", type.substr(type.size() - 1));
  return meaning == nullptr ? std::vector<std::string>() : meaning->operations;
}

}  // namespace nacelle

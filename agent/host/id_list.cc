// SPDX-License-Identifier: Apache-2.0
#include "agent/host/id_list.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>

namespace nacelle {
namespace {

constexpr int kLargestId = 65535;

std::optional<int> ParseId(std::string_view text) {
  int id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (id < 0 || id > kLargestId) return std::nullopt;
  return id;
}

// Appends "7" or "0-2"; false when it is neither.
bool AppendRange(std::string_view range, std::vector<int>& ids) {
  const auto dash = range.find('-');
  const auto first = ParseId(range.substr(0, dash));
  const auto last = dash == std::string_view::npos ? first : ParseId(range.substr(dash + 1));
  if (!first || !last || *last < *first) return false;
  for (int id = *first; id <= *last; ++id) ids.push_back(id);
  return true;
}

}  // namespace

Result<std::vector<int>> ParseIdList(std::string_view text) {
  std::vector<int> ids;
  std::string_view rest = text;
  while (!rest.empty()) {
    const auto comma = rest.find(',');
    // The bound on the size keeps "0-65535,0-65535,…" from filling the memory.
    if (!AppendRange(rest.substr(0, comma), ids) || ids.size() > 2 * kLargestId) {
      return Error(Code::kInvalid, "not a list of numbers: '" + std::string(text.substr(0, 40)) + "'");
    }
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

}  // namespace nacelle

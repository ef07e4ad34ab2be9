// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/operations.h"

#include <algorithm>
#include <array>
#include <utility>

namespace nacelle {
namespace {

constexpr std::size_t kMaxWord = 63;

// Where a driver's word differs from the project's in more than its spelling.
constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kSynonyms = {{
    {"memcpy", "memmove"},
    {"memory-copy", "memmove"},
    {"crc32-c", "crc32c"},
}};

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == ':' || c == '-';
}

char Spell(char c) {
  if (c >= 'A' && c <= 'Z') return static_cast<char>(c - 'A' + 'a');
  return c == '_' ? '-' : c;
}

}  // namespace

std::optional<std::string> NormaliseOperation(std::string_view word) {
  std::string spelled(word);
  std::transform(spelled.begin(), spelled.end(), spelled.begin(), Spell);
  const bool is_word = std::all_of(spelled.begin(), spelled.end(), IsWordCharacter);
  if (spelled.empty() || spelled.size() > kMaxWord || !is_word) return std::nullopt;
  const auto* synonym = std::find_if(kSynonyms.begin(), kSynonyms.end(),
                                     [&](const auto& pair) { return pair.first == spelled; });
  return synonym == kSynonyms.end() ? spelled : std::string(synonym->second);
}

}  // namespace nacelle

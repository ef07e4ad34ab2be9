// SPDX-License-Identifier: Apache-2.0
#include "core/base/join.h"

namespace nacelle {

std::string Join(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const auto& word : words) {
    if (&word != &words.front()) text += between;
    text += word;
  }
  return text;
}

}  // namespace nacelle

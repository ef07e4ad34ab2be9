// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/short_hash.h"

#include <cstdint>

namespace nacelle {

std::string ShortHash(std::string_view text, std::size_t digits) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 0x100000001b3;
  }
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string result;
  for (std::size_t i = 0; i < digits; ++i) result += kHex[(hash >> (60 - 4 * i)) & 0xf];
  return result;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/base/printable.h"

#include <array>
#include <cstdio>

namespace nacelle {
namespace {

// U+0080 to U+009f are 0xc2 and one byte more; U+009b begins a command as ESC [ does.
bool IsC1(std::string_view text) {
  return text.size() > 1 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0;
}

bool IsControl(char c) { return static_cast<unsigned char>(c) < ' ' || c == 0x7f; }

// Whether a terminal obeys what begins at `i`.
bool IsObeyed(std::string_view text, std::size_t i) { return IsControl(text[i]) || IsC1(text.substr(i)); }

}  // namespace

std::string Printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (!IsObeyed(text, i)) {
      out += text[i];
      continue;
    }
    std::array<char, 5> hex{};
    if (!IsControl(text[i])) ++i;  // of C1 the second byte is the character's number
    std::snprintf(hex.data(), hex.size(), "\\x%02x", static_cast<unsigned char>(text[i]));
    out += hex.data();
  }
  return out;
}

bool IsPrintable(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (IsObeyed(text, i)) return false;
  }
  return true;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/base/printable.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(Printable, ATextIsSoWhenNothingOfItIsEscaped) {
  for (const std::string text : {"", "zlib", "\xc3\xa9", "a\x1b", "\x7f", "\xc2\x9b", "\xc2"}) EXPECT_EQ(IsPrintable(text), Printable(text) == text) << text;
}

TEST(Printable, WhatATerminalWouldObeyIsEscaped) {
  EXPECT_EQ(Printable("a\x1b[2Jb\r\n\tc\x7f"), "a\\x1b[2Jb\\x0d\\x0a\\x09c\\x7f");
  EXPECT_EQ(Printable(std::string_view("\0", 1)), "\\x00");
  EXPECT_EQ(Printable("\xc2\x9b" "31m"), "\\x9b31m");
}

TEST(Printable, OtherTextStays) {
  EXPECT_EQ(Printable("zlib – Gerät 7"), "zlib – Gerät 7");
  EXPECT_EQ(Printable("\xc2"), "\xc2");
}

}  // namespace
}  // namespace nacelle

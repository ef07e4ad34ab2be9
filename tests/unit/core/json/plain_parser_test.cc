// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <string>

#include "core/json/parsers.h"

namespace nacelle::json {
namespace {

TEST(PlainParser, ReadsWhatTheLibraryReadsAndTheSame) {
  for (const std::string text : {
           R"({})", R"([])", R"("")", R"(0)", R"(-7)", R"( [ 1 , { "a" : [ ] } ] )", "\n{\t\"a\": null}\r\n", R"([true,false,null])",
           R"({"b":1,"a":2,"b":3})", R"({"k:{\"type\":\"Ready\"}":{"f:a\\b\/c\n":{}}})", R"([999999999999999999,-999999999999999999])",
           R"({"path":"/sys/devices/pci0000:40/0000:41:00.0","operations":["zlib","gzip"],"numa":1,"healthy":true})"}) {
    const auto plain = ParsePlain(text);
    const auto by_library = ParseByLibrary(text);
    ASSERT_TRUE(plain) << text;
    ASSERT_TRUE(by_library) << text;
    EXPECT_EQ(Write(*plain), Write(*by_library));
  }
  const std::string deep(kMaxDepth, '[');
  EXPECT_TRUE(ParsePlain(deep + std::string(kMaxDepth, ']')));
}

// Be it JSON or not: the library decides.
TEST(PlainParser, LeavesAllElseAlone) {
  for (const std::string text : {
           "", " ", "{", "[1", R"({"a")", R"({"a":)", R"({"a":1)", R"({"a":1,})", "[1,]", "[1 2]", "{1:2}", "1 2", "nul", "truefalse", "-", "01",
           "-0", "1.5", "1e3", "1000000000000000000", "\"a", "\"\\", "\"\\u0041\"", "\"\xc3\xa9\"", "\"\x01\"", "\"\\x\"", "'a'", "[1}"}) {
    EXPECT_FALSE(ParsePlain(text)) << text;
  }
  EXPECT_FALSE(ParsePlain(std::string(kMaxDepth + 1, '[') + std::string(kMaxDepth + 1, ']')));
}

}  // namespace
}  // namespace nacelle::json

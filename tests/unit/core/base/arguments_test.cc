// SPDX-License-Identifier: Apache-2.0
#include "core/base/arguments.h"

#include <gtest/gtest.h>

#include <array>

namespace nacelle {
namespace {

Result<Arguments> Parse(const std::vector<std::string>& words) {
  static const std::vector<std::string_view> known = {"--root", "-o"};
  static const std::vector<std::string_view> flags = {"--all"};
  return ParseArguments(words, known, flags);
}

TEST(Arguments, OptionsTakeTheNextWordOrWhatFollowsTheEqualsSign) {
  EXPECT_EQ(Parse({"--root", "/a"})->Get("--root", ""), "/a");
  EXPECT_EQ(Parse({"--root=/a=b"})->Get("--root", ""), "/a=b");
  EXPECT_EQ(Parse({})->Get("--root", "none"), "none");
}

TEST(Arguments, OtherWordsAreOperands) {
  EXPECT_EQ(Parse({"file", "-o", "json", "-"})->operands, (std::vector<std::string>{"file", "-"}));
}

TEST(Arguments, AFlagTakesNoWord) {
  EXPECT_EQ(Parse({"--all", "file"})->operands, std::vector<std::string>{"file"});
  EXPECT_TRUE(Parse({"--all"})->Has("--all"));
  EXPECT_FALSE(Parse({"file"})->Has("--all"));
  EXPECT_EQ(Parse({"--all=yes"}).error().message(), "--all: takes no value");
}

TEST(Arguments, HelpIsAsked) { EXPECT_TRUE(Parse({"--help"})->help); }

TEST(Arguments, MistakesAreNamed) {
  EXPECT_EQ(Parse({"--rot", "/a"}).error().message(), "unknown option --rot");
  EXPECT_EQ(Parse({"--root"}).error().message(), "--root: value missing");
  EXPECT_EQ(Parse({"--root", "/a", "--root=/b"}).error().message(), "--root: given twice");
  EXPECT_EQ(Parse({"--root", ""}).error().message(), "--root: empty; leave it out for this machine");
}

TEST(Arguments, AnOptionThatMayBeRepeatedHasALineForEach) {
  const std::vector<std::string> words = {"--as-group=a", "--as-group", "b"};
  constexpr std::array<std::string_view, 1> kNames = {"--as-group"};
  const auto arguments = ParseArguments(words, kNames, {}, kNames);
  ASSERT_TRUE(arguments);
  EXPECT_EQ(arguments->Get("--as-group", ""), "a\nb");
  EXPECT_FALSE(ParseArguments(words, kNames)) << "given twice";
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/json/value.h"

#include <gtest/gtest.h>

namespace nacelle::json {
namespace {

TEST(Json, KeepsTheOrderOfMembers) {
  EXPECT_EQ(Write(Object{{"zeta", 1}, {"alpha", Array{true, nullptr, 1.5}}}),
            R"({"zeta":1,"alpha":[true,null,1.5]})");
}

TEST(Json, SortedTextsOfEqualValuesAreEqual) {
  const Object one{{"b", Object{{"y", 1}, {"x", Array()}}}, {"a", "text"}};
  const Object other{{"a", "text"}, {"b", Object{{"x", Array()}, {"y", 1}}}};
  EXPECT_EQ(WriteSorted(one), R"({"a":"text","b":{"x":[],"y":1}})");
  EXPECT_EQ(WriteSorted(one), WriteSorted(other));
}

TEST(Json, ForPeopleAMemberIsALine) {
  EXPECT_EQ(WritePretty(Object{{"a", Array{1, Object{{"b", Array()}}}}, {"c", Object()}}),
            "{\n  \"a\": [\n    1,\n    {\n      \"b\": []\n    }\n  ],\n  \"c\": {}\n}\n");
}

TEST(Json, WhatIsNotPlainIsEscaped) {
  EXPECT_EQ(Write(Value("a\"b\\c\n\x01")), "\"a\\\"b\\\\c\\n\\u0001\"");
  EXPECT_EQ(Write(Object{{"\t", 1}}), "{\"\\t\":1}");
}

TEST(Json, SetReplacesInPlace) {
  Object object{{"a", 1}, {"b", 2}};
  object.Set("a", 3);
  EXPECT_EQ(Write(object), R"({"a":3,"b":2})");
}

TEST(Json, WhatIsWrittenIsParsed) {
  const std::string text = R"({"a":"x\n\"","b":[1,-2],"c":{"d":null},"e":1.5,"f":false})";
  const auto value = Parse(text);
  ASSERT_TRUE(value);
  EXPECT_EQ(Write(*value), text);
}

TEST(Json, BytesThatAreNoUtf8AreReplaced) {
  EXPECT_EQ(Write(Value("a\xff")), "\"a\xef\xbf\xbd\"");
}

TEST(Json, AMistakeIsAnErrorNotAnException) {
  const auto value = Parse("{\"a\":");
  ASSERT_FALSE(value);
  EXPECT_EQ(value.error().code(), Code::kInvalid);
}

TEST(Json, DeepNestingIsRefused) {
  EXPECT_FALSE(Parse(std::string(100'000, '[')));
  EXPECT_TRUE(Parse("\"" + std::string(100, '[') + "\""));
}

TEST(Json, NumbersBeyondSixtyFourBitsBecomeReal) {
  const auto value = Parse("18446744073709551615");
  ASSERT_TRUE(value);
  EXPECT_NE(value->AsDouble(), nullptr);
}

TEST(Json, GettersNameTheMemberThatIsWrong) {
  const Object object{{"n", "text"}, {"list", Array{"a", 1}}};
  EXPECT_EQ(GetInt(object, "n").error().message(), "member 'n' is not an integer");
  EXPECT_EQ(GetString(object, "m").error().message(), "member 'm' is not a string");
  EXPECT_EQ(GetStrings(object, "list").error().message(), "member 'list' is not an array of strings");
}

}  // namespace
}  // namespace nacelle::json

// SPDX-License-Identifier: Apache-2.0
#include "core/json/list_splitter.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace nacelle::json {
namespace {

struct Split {
  std::vector<std::string> items;
  Status fed;
  Result<Value> around = Value();
};

// As it arrives in parts of that size.
Split SplitIn(std::string_view text, std::size_t size) {
  Split split;
  ListSplitter splitter([&](const Value& item) {
    split.items.push_back(Write(item));
    return Status();
  });
  for (std::size_t at = 0; at < text.size() && split.fed; at += size) split.fed = splitter.Feed(text.substr(at, size));
  split.around = splitter.Finish();
  return split;
}

constexpr std::string_view kList = R"({
  "kind": "List", "metadata": {"continue": "next", "items": [{"no": "item"}]},
  "items" : [ {"a": "}]{", "b": [1, {"items": [{"x": 1}]}]} , {"c": "\"\\"},{} ]
})";

TEST(ListSplitter, HandsOutTheItemsHoweverTheTextIsCut) {
  const std::vector<std::string> items = {R"({"a":"}]{","b":[1,{"items":[{"x":1}]}]})", R"({"c":"\"\\"})", "{}"};
  for (const std::size_t size : {1U, 2U, 7U, 1000U}) {
    const auto split = SplitIn(kList, size);
    ASSERT_TRUE(split.fed);
    EXPECT_EQ(split.items, items) << size;
  }
}

TEST(ListSplitter, KeepsWhatIsAroundTheItems) {
  const auto around = SplitIn(kList, 5).around;
  ASSERT_TRUE(around) << around.error().message();
  EXPECT_EQ(Write(*around), R"({"kind":"List","metadata":{"continue":"next","items":[{"no":"item"}]},"items":[]})");
}

TEST(ListSplitter, AnEmptyListHasNoItems) {
  const auto split = SplitIn(R"({"items":[]})", 3);
  EXPECT_TRUE(split.around);
  EXPECT_TRUE(split.items.empty());
}

TEST(ListSplitter, AListThatEndsTooEarlyIsNone) {
  for (std::size_t size = 1; size < kList.size(); ++size) EXPECT_FALSE(SplitIn(kList.substr(0, size), 1000).around) << size;
}

TEST(ListSplitter, WhatIsNoListIsRefused) {
  for (const std::string_view text : {"", "[]", "{}", "7", R"({"items":7})", R"({"items":[7]})", R"({"items":{}})", "}{", R"({"items":[]}])"}) {
    EXPECT_FALSE(SplitIn(text, 1000).around) << text;
  }
}

TEST(ListSplitter, AnItemThatIsNoJsonIsRefusedAtOnce) {
  EXPECT_FALSE(SplitIn(R"({"items":[{"a":}]})", 1000).fed);
}

TEST(ListSplitter, WhatTheReceiverRefusesEndsIt) {
  ListSplitter splitter([](const Value&) { return Status(Error(Code::kInvalid, "no more")); });
  const auto status = splitter.Feed(R"({"items":[{},{}]})");
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().message(), "no more");
}

}  // namespace
}  // namespace nacelle::json

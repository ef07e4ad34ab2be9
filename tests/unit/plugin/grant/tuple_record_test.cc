// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/tuple_record.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

std::vector<SavedTuple> Example() {
  return {{"d/x", "b-1", {"q1", "q2"}, "sha256 + zlib chained"}, {"d/y", "b-2", {"q3"}, ""}};
}

TEST(TupleRecord, IsReadAsItWasWritten) {
  const auto tuples = ReadTupleRecord(WriteTupleRecord(Example()));
  ASSERT_TRUE(tuples) << tuples.error().message();
  EXPECT_EQ(*tuples, Example());
  EXPECT_TRUE(ReadTupleRecord(WriteTupleRecord({}))->empty());
}

TEST(TupleRecord, TornAnywhereItIsNone) {
  const auto text = WriteTupleRecord(Example());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) EXPECT_FALSE(ReadTupleRecord(text.substr(0, size))) << size;
  EXPECT_FALSE(ReadTupleRecord(std::string(text.size(), '\0')));
}

TEST(TupleRecord, OfANewerVersionOrAnotherShapeIsRefused) {
  for (const auto* text : {"", "[]", "{}", "{\"version\":1}", "{\"version\":2,\"tuples\":[]}", "{\"version\":1,\"tuples\":[1]}",
                           "{\"version\":1,\"tuples\":[{\"resource\":\"d/x\",\"id\":\"b\",\"queues\":[],\"query\":\"\"}]}"}) {
    const auto tuples = ReadTupleRecord(text);
    ASSERT_FALSE(tuples) << text;
    EXPECT_EQ(tuples.error().code(), Code::kInvalid);
  }
}

TEST(TupleRecord, OneIdTwiceIsRefused) {
  auto tuples = Example();
  tuples.push_back(tuples[0]);
  EXPECT_FALSE(ReadTupleRecord(WriteTupleRecord(tuples)));
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_record.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Grant Example() {
  Grant grant;
  grant.resource = "nacelle.dev/zip";
  grant.devices = {"a", "a-1"};
  grant.queues = {{"a", "f", 2, {{"/dev/a", 240, 3}}, {{"/sys/class/uacce", "a", "../a"}}, {{"K", "v"}}}};
  grant.boot_id = "1234";
  grant.started = true;
  return grant;
}

TEST(GrantRecord, IsReadAsItWasWritten) {
  const auto grant = ReadGrantRecord(WriteGrantRecord(Example()));
  ASSERT_TRUE(grant) << grant.error().message();
  EXPECT_EQ(*grant, Example());
}

TEST(GrantRecord, KeepsTheDivisionAndTakesAnOlderRecordsQueueAsWhole) {
  auto example = Example();
  example.queues[0].division = 4;
  auto text = WriteGrantRecord(example);
  EXPECT_EQ(ReadGrantRecord(text)->queues[0].division, 4);
  text.erase(text.find("\"division\":4,"), 13);
  EXPECT_EQ(ReadGrantRecord(text)->queues[0].division, 1);
}

TEST(GrantRecord, KeepsTheMembersOfTuples) {
  auto example = Example();
  example.members = {{"b-1", {"q2", "q1"}}};
  auto text = WriteGrantRecord(example);
  EXPECT_EQ(ReadGrantRecord(text)->members, example.members);
  text.replace(text.find("[\"q2\""), 5, "[7   ");
  EXPECT_FALSE(ReadGrantRecord(text));
}

TEST(GrantRecord, TornAnywhereItIsNone) {
  const auto text = WriteGrantRecord(Example());
  for (std::size_t size = 0; size + 1 < text.size(); ++size) {
    EXPECT_FALSE(ReadGrantRecord(text.substr(0, size))) << size;
  }
  EXPECT_FALSE(ReadGrantRecord(std::string(text.size(), '\0')));
}

TEST(GrantRecord, OfANewerVersionIsRefused) {
  auto text = WriteGrantRecord(Example());
  text.replace(text.find("\"version\":1"), 11, "\"version\":2");
  const auto grant = ReadGrantRecord(text);
  ASSERT_FALSE(grant);
  EXPECT_NE(grant.error().message().find("newer"), std::string::npos);
}

TEST(GrantRecord, WithAMissingOrWrongMemberIsRefusedByName) {
  for (const auto& [member, wrong] : {std::pair{"\"major\":240", "\"major\":-1"},
                                      std::pair{"\"started\":true", "\"started\":1"},
                                      std::pair{"\"path\":\"/dev/a\"", "\"path\":7"},
                                      std::pair{"\"K\":\"v\"", "\"K\":{}"},
                                      std::pair{"\"boot_id\":", "\"boot\":"}}) {
    auto text = WriteGrantRecord(Example());
    text.replace(text.find(member), std::string_view(member).size(), wrong);
    const auto grant = ReadGrantRecord(text);
    ASSERT_FALSE(grant) << wrong;
    EXPECT_EQ(grant.error().code(), Code::kInvalid);
  }
}

TEST(GrantRecord, OfAnotherShapeIsRefused) {
  for (const auto* text : {"", "[]", "{}", "null", "{\"version\":1}", "\xff\xfe"}) EXPECT_FALSE(ReadGrantRecord(text));
}

}  // namespace
}  // namespace nacelle

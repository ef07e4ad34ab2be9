// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/prepared_claim.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

PreparedClaim Claim() {
  Grant grant;
  grant.resource = "nacelle.dev/zip";
  grant.devices = {"d"};
  grant.queues = {{"d", "f", 1, {{"/dev/d", 240, 1}}, {{"/sys/class/uacce", "d", "../d"}}, {{"A", "b"}}}};
  grant.boot_id = "boot";
  return {{"ns", "c", "u1"}, "boot", false, {{{"r", "n1", "d", "s", true}, grant, "u1-0", "u1-1"}}, {{"p", "up"}}};
}

TEST(PreparedClaim, WhatIsWrittenIsRead) {
  const auto read = ReadPreparedClaim(WritePreparedClaim(Claim()));
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, Claim());
}

TEST(PreparedClaim, ATornRecordIsInvalidAtEveryByte) {
  const auto text = WritePreparedClaim(Claim());
  for (std::size_t size = 0; size + 2 < text.size(); ++size) EXPECT_FALSE(ReadPreparedClaim(text.substr(0, size))) << size;
}

TEST(PreparedClaim, ARecordOfANewerVersionIsAConflict) {
  auto text = WritePreparedClaim(Claim());
  text.replace(text.find("\"version\":1"), 11, "\"version\":2");
  EXPECT_EQ(ReadPreparedClaim(text).error().code(), Code::kConflict);
}

TEST(PreparedClaim, ARecordThatLacksSomethingNamesIt) {
  auto text = WritePreparedClaim(Claim());
  text.replace(text.find("\"mask_sysfs\""), 12, "\"mask_other\"");
  const auto read = ReadPreparedClaim(text);
  ASSERT_FALSE(read);
  EXPECT_NE(read.error().message().find("mask_sysfs"), std::string::npos);
}

TEST(PreparedClaim, ARecordWithoutPodsIsOfAnOlderVersion) {
  auto text = WritePreparedClaim(Claim());
  text.replace(text.find(",\"pods\""), std::string::npos, "}\n");
  const auto read = ReadPreparedClaim(text);
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_TRUE(read->pods.empty());
  EXPECT_EQ(read->devices, Claim().devices);
}

TEST(PreparedClaim, IsForAClaimWithTheSameDevices) {
  AllocatedClaim allocated{{"ns", "c", "u1"}, {{"r", "n1", "d", "s", true}}, {}};
  EXPECT_TRUE(IsFor(Claim(), allocated));
  allocated.devices[0].device = "e";
  EXPECT_FALSE(IsFor(Claim(), allocated));
}

TEST(PreparedClaim, HoldsWhatItDoesNotOnlyLookAt) {
  auto claim = Claim();
  EXPECT_TRUE(HeldShares(claim).empty());
  claim.devices[0].allocated.admin_access = false;
  ASSERT_EQ(HeldShares(claim).size(), 1u);
  EXPECT_EQ(HeldShares(claim)[0].queues, std::vector<std::string>{"d"});
  EXPECT_EQ(HeldShares(claim)[0].share_id, "s");
  EXPECT_EQ(HeldShares(claim)[0].numbers, (std::vector<DeviceNumber>{{240, 1}}));
}

}  // namespace
}  // namespace nacelle

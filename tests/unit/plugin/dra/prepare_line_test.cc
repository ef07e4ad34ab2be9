// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/prepare_line.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

PrepareJob JobOf(const std::string& uid) { return {nullptr, {{{"ns", uid, uid}, {}, {}}}, std::nullopt}; }

std::vector<std::string> UidsOf(const PrepareLine::Jobs& jobs) {
  std::vector<std::string> uids;
  for (const auto& job : jobs) uids.push_back(job.claims.at(0).ref.uid);
  return uids;
}

using Strings = std::vector<std::string>;

TEST(PrepareLine, WhatWaitsIsTakenTogetherAndOnce) {
  PrepareLine line;
  const auto first = line.Join(JobOf("a"));
  EXPECT_EQ(line.Join(JobOf("b")), first);
  EXPECT_EQ(UidsOf(line.Take(first)), (Strings{"a", "b"}));
  EXPECT_TRUE(line.Take(first).empty());
}

TEST(PrepareLine, WhatComesAfterABatchWasTakenIsOfTheNext) {
  PrepareLine line;
  const auto first = line.Join(JobOf("a"));
  ASSERT_EQ(line.Take(first).size(), 1u);
  const auto second = line.Join(JobOf("b"));
  EXPECT_NE(second, first);
  EXPECT_EQ(UidsOf(line.Take(second)), Strings{"b"});
}

TEST(PrepareLine, AClaimOfTwoPodsIsInABatchOnce) {
  PrepareLine line;
  const auto first = line.Join(JobOf("a"));
  const auto second = line.Join(JobOf("a"));
  EXPECT_NE(second, first);
  EXPECT_EQ(line.Join(JobOf("b")), second);
  EXPECT_EQ(UidsOf(line.Take(first)), Strings{"a"});
  EXPECT_EQ(UidsOf(line.Take(second)), (Strings{"a", "b"}));
}

TEST(PrepareLine, NothingJoinsABatchThatWasClosed) {
  PrepareLine line;
  const auto first = line.Join(JobOf("a"));
  line.Close();
  const auto second = line.Join(JobOf("b"));
  EXPECT_NE(second, first);
  EXPECT_EQ(UidsOf(line.Take(first)), Strings{"a"});
}

}  // namespace
}  // namespace nacelle

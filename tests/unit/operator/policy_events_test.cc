// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/policy_events.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

crd::PolicyStatus StatusWith(const std::string& type, const std::string& status, const std::string& message = "why") {
  crd::PolicyStatus made;
  made.conditions = {{type, status, 1, "Reason", message, "t1"}};
  return made;
}

TEST(PolicyEvents, ARefusalIsAWarningWithItsReason) {
  const auto events = EventsBetween(StatusWith("Degraded", "False"), StatusWith("Degraded", "True", "n1: too many shares"));
  EXPECT_EQ(events, (std::vector<Event>{{true, "Reason", "n1: too many shares"}}));
}

TEST(PolicyEvents, APolicyThatGivesWayFromTheBeginningIsAWarning) {
  const auto events = EventsBetween({}, StatusWith("Accepted", "False"));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_TRUE(events[0].warning);
}

TEST(PolicyEvents, ThatAllNodesHaveItIsNoWarning) {
  const auto events = EventsBetween(StatusWith("Available", "False"), StatusWith("Available", "True"));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_FALSE(events[0].warning);
}

TEST(PolicyEvents, WhatIsStillSoIsNotToldAgainAlthoughItsMessageChanged) {
  EXPECT_TRUE(EventsBetween(StatusWith("Degraded", "True", "n1"), StatusWith("Degraded", "True", "n2")).empty());
}

TEST(PolicyEvents, ThatItIsWellAgainNeedsNone) {
  EXPECT_TRUE(EventsBetween(StatusWith("Degraded", "True"), StatusWith("Degraded", "False")).empty());
}

TEST(PolicyEvents, ANoteIsNoLongerThanTheApiServerTakes) {
  const auto events = EventsBetween({}, StatusWith("Degraded", "True", std::string(2000, 'n')));
  ASSERT_EQ(events.size(), 1u);
  EXPECT_EQ(events[0].note.size(), 1024u);
}

}  // namespace
}  // namespace nacelle

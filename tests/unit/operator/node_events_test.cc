// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/node_events.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

NodeObjectState Unhealthy(std::int64_t count) { return {.functions = 16, .unhealthy = count}; }

TEST(NodeEvents, ThatNothingHasChangedNeedsNone) {
  EXPECT_TRUE(EventsBetween("n1", Unhealthy(2), Unhealthy(2)).empty());
  EXPECT_TRUE(EventsBetween("n1", {.refusal = "no"}, {.refusal = "no"}).empty());
}

TEST(NodeEvents, ARefusedPolicyIsAWarningWithItsReason) {
  const NodeObjectState refusing{.spec = {crd::PolicyRef{"p", 1, "u"}, {}}, .refusal = "too many shares"};
  EXPECT_EQ(EventsBetween("n1", {}, refusing), (std::vector<Event>{{true, "PolicyRefused", "policy p: too many shares"}}));
}

TEST(NodeEvents, AnotherReasonIsToldAnew) {
  EXPECT_EQ(EventsBetween("n1", {.refusal = "a"}, {.refusal = "b"}).size(), 1u);
}

TEST(NodeEvents, MoreFunctionsThanBeforeThatCannotBeUsedAreAWarning) {
  const auto events = EventsBetween("n1", Unhealthy(1), Unhealthy(2));
  EXPECT_EQ(events, (std::vector<Event>{{true, "FunctionsUnhealthy", "2 of 16 functions cannot be used; see kubectl nacelle functions n1"}}));
}

TEST(NodeEvents, ThatAllAreWellAgainIsToldOnceTheLastOneIs) {
  EXPECT_TRUE(EventsBetween("n1", Unhealthy(2), Unhealthy(1)).empty());
  EXPECT_EQ(EventsBetween("n1", Unhealthy(1), Unhealthy(0)), (std::vector<Event>{{false, "FunctionsWell", "all of 16 functions can be used again"}}));
}

TEST(NodeEvents, ANoteIsNoLongerThanTheApiServerTakes) {
  EXPECT_EQ(EventsBetween("n1", {}, {.refusal = std::string(5000, 'x')}).at(0).note.size(), kLongestNote);
}

}  // namespace
}  // namespace nacelle

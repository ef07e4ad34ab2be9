// SPDX-License-Identifier: Apache-2.0
#include "agent/command/usage_of.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

HeldShare Held(const std::string& device, const std::vector<std::string>& queues) {
  return {"nacelle.dev/x", device, queues, std::nullopt};
}

TEST(UsageOf, EachDeviceOfAnOfferIsAShare) {
  const Offer offer{.resource = "nacelle.dev/zip", .queues = {{"zip-0", 4}}};
  EXPECT_EQ(UsageOf({offer}, {Held("zip-0", {"zip-0"}), Held("zip-0-3", {"zip-0"})}), (Usage{{"zip-0", {4, 2}}}));
}

TEST(UsageOf, ADeviceOfABundleIsAShareOfEachOfItsQueues) {
  Offer pairs;
  pairs.resource = "nacelle.dev/pair";
  pairs.tuples = {{"b-0", {"sec-0", "zip-0"}, 2, {}}};
  EXPECT_EQ(UsageOf({pairs}, {Held("b-0-1", {"sec-0", "zip-0"})}), (Usage{{"sec-0", {2, 1}}, {"zip-0", {2, 1}}}));
}

TEST(UsageOf, AQueueThatIsNoLongerOfferedIsHeld) {
  EXPECT_EQ(UsageOf({}, {Held("zip-0-1", {"zip-0"})}), (Usage{{"zip-0", {1, 1}}}));
}

}  // namespace
}  // namespace nacelle

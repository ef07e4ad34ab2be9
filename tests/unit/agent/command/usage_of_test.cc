// SPDX-License-Identifier: Apache-2.0
#include "agent/command/usage_of.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory Machine() {
  Inventory inventory;
  inventory.functions.resize(1);
  inventory.functions[0].id = "zip-0";
  inventory.functions[0].queues.resize(1);
  inventory.functions[0].queues[0].id = "zip-0";
  return inventory;
}

std::vector<Offer> Offers() {
  std::vector<Offer> offers(1);
  offers[0].resource = "nacelle.dev/zip";
  offers[0].queues = {{"zip-0", 4}};
  return offers;
}

Holding Held(const std::string& resource, const std::string& device) { return {resource, device, "ns", "pod", "c"}; }

TEST(UsageOf, EachDeviceOfAnOfferIsAShare) {
  const auto usage = UsageOf(Machine(), Offers(), {Held("nacelle.dev/zip", "zip-0"), Held("nacelle.dev/zip", "zip-0-3")});
  EXPECT_EQ(usage, (Usage{{"zip-0", {4, 2}}}));
}

TEST(UsageOf, ADeviceOfABundleIsAShareOfEachOfItsQueues) {
  Offer pairs;
  pairs.resource = "nacelle.dev/pair";
  pairs.tuples = {{"b-0", {"sec-0", "zip-0"}, 2, {}}};
  EXPECT_EQ(UsageOf(Machine(), {pairs}, {Held("nacelle.dev/pair", "b-0-1")}), (Usage{{"sec-0", {2, 1}}, {"zip-0", {2, 1}}}));
}

TEST(UsageOf, AResourceThatIsNoLongerOfferedHoldsItsQueue) {
  EXPECT_EQ(UsageOf(Machine(), {}, {Held("nacelle.dev/old", "zip-0-1")}), (Usage{{"zip-0", {1, 1}}}));
}

TEST(UsageOf, DevicesOfOthersCountForNothing) {
  EXPECT_EQ(UsageOf(Machine(), {}, {Held("vendor.example/zip", "zip-0"), Held("nacelle.dev/zip", "gone")}), Usage{});
}

}  // namespace
}  // namespace nacelle

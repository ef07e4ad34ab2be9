// SPDX-License-Identifier: Apache-2.0
#include "core/model/offer.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(Share, TheFirstHasTheQueuesOwnId) {
  EXPECT_EQ(ShareId("uacce-sw-zip-0", 0), "uacce-sw-zip-0");
  EXPECT_EQ(ShareId("uacce-sw-zip-0", 3), "uacce-sw-zip-0-3");
}

TEST(Share, IsFoundByItsDeviceId) {
  const Offer offer{.resource = "nacelle.dev/x", .queues = {{"q-1", 1}, {"q-10", 4}}};
  EXPECT_EQ(FindShare(offer, "q-10-3"), (Share{"q-10", 3}));
  EXPECT_EQ(FindShare(offer, "q-1"), (Share{"q-1", 0}));
}

TEST(Share, BeyondTheOfferedNumberThereIsNone) {
  const Offer offer{.resource = "nacelle.dev/x", .queues = {{"q", 2}}};
  EXPECT_FALSE(FindShare(offer, "q-2"));
  EXPECT_FALSE(FindShare(offer, "q-01"));
  EXPECT_FALSE(FindShare(offer, "other"));
}

TEST(Share, OfAQueueThatIsWantedElsewhereOnlyTheHeldOnesAreFound) {
  const Offer offer{.resource = "nacelle.dev/x", .queues = {{"q", 4, {{"q", "q-2"}}}}};
  EXPECT_EQ(FindShare(offer, "q-2"), (Share{"q", 2}));
  EXPECT_FALSE(FindShare(offer, "q-1"));
  EXPECT_EQ(DeviceIds(offer.queues[0]), (std::vector<std::string>{"q", "q-2"}));
}

TEST(DeviceIds, AreOneAShare) {
  EXPECT_EQ(DeviceIds({"q", 3}), (std::vector<std::string>{"q", "q-1", "q-2"}));
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/feed.h"

#include <gtest/gtest.h>

#include <thread>

namespace nacelle {
namespace {

using namespace std::chrono_literals;

Inventory Named(const std::string& node) {
  Inventory inventory;
  inventory.node = node;
  return inventory;
}

TEST(InventoryFeed, HasNoneBeforeTheFirst) {
  EXPECT_EQ(InventoryFeed().Latest().generation, 0u);
  EXPECT_EQ(InventoryFeed().Latest().inventory, nullptr);
}

TEST(InventoryFeed, AnEqualInventoryIsNoNews) {
  InventoryFeed feed;
  EXPECT_TRUE(feed.Publish(Named("a")));
  EXPECT_FALSE(feed.Publish(Named("a")));
  EXPECT_EQ(feed.Latest().generation, 1u);
}

TEST(InventoryFeed, AReaderThatIsBehindNeedNotWait) {
  InventoryFeed feed;
  feed.Publish(Named("a"));
  EXPECT_EQ(feed.Next(0, 1h, {}).inventory->node, "a");
}

TEST(InventoryFeed, AReaderIsWokenByNews) {
  InventoryFeed feed;
  std::jthread writer([&] { feed.Publish(Named("a")); });
  EXPECT_EQ(feed.Next(0, 1h, {}).generation, 1u);
}

TEST(InventoryFeed, AReaderIsWokenByTheEnd) {
  InventoryFeed feed;
  std::stop_source stop;
  std::jthread writer([&] { stop.request_stop(); });
  EXPECT_EQ(feed.Next(0, 1h, stop.get_token()).generation, 0u);
}

TEST(InventoryFeed, AWaitIsBounded) {
  EXPECT_EQ(InventoryFeed().Next(0, 1ms, {}).generation, 0u);
}

}  // namespace
}  // namespace nacelle

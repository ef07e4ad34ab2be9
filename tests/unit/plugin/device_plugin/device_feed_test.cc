// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_feed.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(DeviceFeed, AnEmptyFirstListIsAListToo) {
  DeviceFeed feed;
  feed.Publish({});
  EXPECT_EQ(feed.Latest().generation, 1u);
}

TEST(DeviceFeed, WhatSaysTheSameIsNoNewList) {
  DeviceFeed feed;
  feed.Publish({{"a", {false, "one reason"}, {1}, false}});
  feed.Publish({{"a", {false, "another reason"}, {1}, true}});
  EXPECT_EQ(feed.Latest().generation, 1u);
}

TEST(DeviceFeed, HealthAndTopologyMakeANewList) {
  DeviceFeed feed;
  feed.Publish({{"a", {}, {1}, false}});
  feed.Publish({{"a", {false, "x"}, {1}, false}});
  feed.Publish({{"a", {false, "x"}, {0}, false}});
  EXPECT_EQ(feed.Latest().generation, 3u);
}

TEST(DeviceFeed, NextReturnsAtOnceWhenStopped) {
  DeviceFeed feed;
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(feed.Next(0, std::chrono::hours(1), stop.get_token()).generation, 0u);
}

}  // namespace
}  // namespace nacelle

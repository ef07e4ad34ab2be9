// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/merge.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Grant Make(const std::string& resource, const std::string& device, const std::string& queue) {
  Grant grant;
  grant.resource = resource;
  grant.devices = {device};
  grant.queues = {{queue, queue, 1, {}, {}, {}}};
  return grant;
}

TEST(MergeByResource, AddsDevicesAndSharesOfOneQueue) {
  const auto merged = MergeByResource({Make("r", "q-1", "q"), Make("r", "q", "q"), Make("a", "x", "x")});
  ASSERT_EQ(merged.size(), 2u);
  EXPECT_EQ(merged[0].resource, "a");
  EXPECT_EQ(merged[1].devices, (std::vector<std::string>{"q", "q-1"}));
  ASSERT_EQ(merged[1].queues.size(), 1u);
  EXPECT_EQ(merged[1].queues[0].shares, 2);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_message.h"

#include <gtest/gtest.h>

#include "api/proto/deviceplugin_v1beta1.pb.h"

namespace nacelle {
namespace {

std::vector<ListedDevice> Many(int count, int held_from) {
  std::vector<ListedDevice> devices;
  for (int i = 0; i < count; ++i) devices.push_back({"device-" + std::to_string(100'000 + i), {}, {0}, i >= held_from});
  return devices;
}

v1beta1::ListAndWatchResponse Parsed(const DeviceMessage& message) {
  v1beta1::ListAndWatchResponse response;
  EXPECT_TRUE(response.ParseFromString(message.text));
  return response;
}

TEST(DeviceMessage, SaysHealthAndTopology) {
  const auto response = Parsed(ToMessage({{"a", {}, {0, 1}, false}, {"b", {false, "gone"}, {}, false}}, kMaxListBytes));
  ASSERT_EQ(response.devices_size(), 2);
  EXPECT_EQ(response.devices(0).health(), "Healthy");
  EXPECT_EQ(response.devices(0).topology().nodes_size(), 2);
  EXPECT_EQ(response.devices(1).health(), "Unhealthy");
  EXPECT_FALSE(response.devices(1).has_topology());
}

TEST(DeviceMessage, NeverExceedsWhatTheKubeletReceives) {
  const auto message = ToMessage(Many(150'000, 150'000), kMaxListBytes);
  EXPECT_LE(message.text.size(), kMaxListBytes);
  EXPECT_GT(message.text.size(), kMaxListBytes - 100);
  EXPECT_EQ(message.left_out + static_cast<std::size_t>(Parsed(message).devices_size()), 150'000u);
}

TEST(DeviceMessage, TakesHeldDevicesFirst) {
  const auto response = Parsed(ToMessage(Many(150'000, 149'000), kMaxListBytes));
  EXPECT_EQ(response.devices(0).id(), "device-249000");
  EXPECT_EQ(response.devices(1000).id(), "device-100000");
}

TEST(DeviceMessage, WhoIsHeldChangesNothingWhereAllFit) {
  EXPECT_EQ(ToMessage(Many(3, 3), kMaxListBytes).text, ToMessage(Many(3, 1), kMaxListBytes).text);
}

TEST(DeviceMessage, IsExactlyAsLargeAsItReckons) {
  const auto devices = Many(3, 3);
  const auto size = ToMessage(devices, kMaxListBytes).text.size();
  EXPECT_EQ(ToMessage(devices, size).left_out, 0u);
  EXPECT_EQ(ToMessage(devices, size - 1).left_out, 1u);
}

}  // namespace
}  // namespace nacelle

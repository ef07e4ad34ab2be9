// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_message.h"

#include <utility>

namespace nacelle {
namespace {

v1beta1::Device ToDevice(const ListedDevice& listed) {
  v1beta1::Device device;
  device.set_id(listed.id);
  device.set_health(listed.health.healthy ? "Healthy" : "Unhealthy");
  for (const int node : listed.numa) device.mutable_topology()->add_nodes()->set_id(node);
  return device;
}

// With tag and length of a repeated message field.
std::size_t SizeInList(const v1beta1::Device& device) {
  const std::size_t size = device.ByteSizeLong();
  return size + (size < 128 ? 2 : size < 16384 ? 3 : 5);
}

}  // namespace

DeviceMessage ToMessage(const std::vector<ListedDevice>& devices, std::size_t limit) {
  DeviceMessage message;
  std::size_t size = 0;
  for (const bool held : {true, false}) {
    for (const auto& listed : devices) {
      if (listed.held != held) continue;
      auto device = ToDevice(listed);
      size += SizeInList(device);
      if (size <= limit) *message.response.add_devices() = std::move(device);
      else ++message.left_out;
    }
  }
  return message;
}

}  // namespace nacelle

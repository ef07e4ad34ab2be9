// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_message.h"

#include "api/proto/deviceplugin_v1beta1.pb.h"

namespace nacelle {
namespace {

// Messages one behind the other are one message with the fields of all.
std::string ToText(const ListedDevice& listed) {
  v1beta1::ListAndWatchResponse one;
  auto& device = *one.add_devices();
  device.set_id(listed.id);
  device.set_health(listed.health.healthy ? "Healthy" : "Unhealthy");
  for (const int node : listed.numa) device.mutable_topology()->add_nodes()->set_id(node);
  return one.SerializeAsString();
}

DeviceMessage HeldFirst(const std::vector<ListedDevice>& devices, std::size_t limit) {
  DeviceMessage message;
  std::size_t size = 0;
  for (const bool held : {true, false}) {
    for (const auto& listed : devices) {
      if (listed.held != held) continue;
      const auto text = ToText(listed);
      size += text.size();
      if (size <= limit) message.text += text;
      else ++message.left_out;
    }
  }
  return message;
}

}  // namespace

DeviceMessage ToMessage(const std::vector<ListedDevice>& devices, std::size_t limit) {
  DeviceMessage message;
  for (const auto& listed : devices) message.text += ToText(listed);
  return message.text.size() <= limit ? message : HeldFirst(devices, limit);
}

}  // namespace nacelle

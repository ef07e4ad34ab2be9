// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "plugin/device_plugin/listing.h"

namespace nacelle {

// What the kubelet receives at most; a larger message ends the stream.
inline constexpr std::size_t kMaxListBytes = 4 * 1024 * 1024;

struct DeviceMessage {
  std::string text;          // a ListAndWatchResponse as it goes over the wire
  std::size_t left_out = 0;  // devices that did not fit
};

// The message for ListAndWatch, of at most `limit` bytes, its devices in their order.
// When not all fit, the held ones are taken first, then the others.
DeviceMessage ToMessage(const std::vector<ListedDevice>& devices, std::size_t limit);

}  // namespace nacelle

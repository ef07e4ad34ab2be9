// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "plugin/device_plugin/listing.h"

namespace nacelle {

// A list for the kubelet, and the how-manieth it is; generation 0 has none.
struct DeviceSnapshot {
  std::uint64_t generation = 0;
  std::shared_ptr<const std::string> text;  // see DeviceMessage
};

// The newest list of one resource, which its streams wait for. Any thread.
class DeviceFeed {
 public:
  // Makes `devices` the newest list, when it says anything else than the one
  // before. Returns how many devices do not fit into a message (see ToMessage).
  std::size_t Publish(const std::vector<ListedDevice>& devices);

  DeviceSnapshot Latest() const;
  // Waits for a list newer than `seen`, at most `timeout` or until `stop`.
  DeviceSnapshot Next(std::uint64_t seen, std::chrono::milliseconds timeout, const std::stop_token& stop) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  DeviceSnapshot latest_;  // guarded by mutex_
};

}  // namespace nacelle

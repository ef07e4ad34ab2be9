// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_feed.h"

#include <utility>

#include "plugin/device_plugin/device_message.h"

namespace nacelle {

std::size_t DeviceFeed::Publish(const std::vector<ListedDevice>& devices) {
  auto message = ToMessage(devices, kMaxListBytes);
  {
    const std::lock_guard lock(mutex_);
    if (latest_.text != nullptr && *latest_.text == message.text) return message.left_out;
    latest_ = {latest_.generation + 1, std::make_shared<const std::string>(std::move(message.text))};
  }
  changed_.notify_all();
  return message.left_out;
}

DeviceSnapshot DeviceFeed::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

DeviceSnapshot DeviceFeed::Next(std::uint64_t seen, std::chrono::milliseconds timeout,
                                const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, timeout, [&] { return latest_.generation != seen; });
  return latest_;
}

}  // namespace nacelle

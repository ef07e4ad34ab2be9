// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/device_feed.h"

#include <algorithm>
#include <utility>

#include "plugin/device_plugin/device_message.h"

namespace nacelle {
namespace {

// Reasons are not part of the message; who is held decides only what is left out.
bool SayTheSame(const std::vector<ListedDevice>& a, const std::vector<ListedDevice>& b, bool all_fit) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [all_fit](const auto& x, const auto& y) {
    return x.id == y.id && x.health.healthy == y.health.healthy && x.numa == y.numa &&
           (all_fit || x.held == y.held);
  });
}

}  // namespace

std::size_t DeviceFeed::Publish(const std::vector<ListedDevice>& devices) {
  {
    const std::lock_guard lock(mutex_);
    if (latest_.generation > 0 && SayTheSame(devices, devices_, left_out_ == 0)) return left_out_;
    devices_ = devices;
    auto message = ToMessage(devices, kMaxListBytes);
    left_out_ = message.left_out;
    latest_ = {latest_.generation + 1,
               std::make_shared<const v1beta1::ListAndWatchResponse>(std::move(message.response))};
  }
  changed_.notify_all();
  return left_out_;
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

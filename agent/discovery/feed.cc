// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/feed.h"

#include <utility>

namespace nacelle {

bool InventoryFeed::Publish(Inventory inventory) {
  {
    const std::lock_guard lock(mutex_);
    if (latest_.inventory && *latest_.inventory == inventory) return false;
    latest_ = {latest_.generation + 1, std::make_shared<const Inventory>(std::move(inventory))};
  }
  changed_.notify_all();
  return true;
}

Snapshot InventoryFeed::Latest() const {
  const std::lock_guard lock(mutex_);
  return latest_;
}

Snapshot InventoryFeed::Next(std::uint64_t seen, std::chrono::milliseconds timeout,
                             const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, timeout, [&] { return latest_.generation != seen; });
  return latest_;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>

#include "core/model/inventory.h"

namespace nacelle {

// An inventory, and the how-manieth it is since the start; generation 0 has none.
struct Snapshot {
  std::uint64_t generation = 0;
  std::shared_ptr<const Inventory> inventory;
};

// The newest inventory. Any thread may call any method.
class InventoryFeed {
 public:
  // Makes `inventory` the newest and wakes all readers; does nothing and
  // returns false when it equals what is there.
  bool Publish(Inventory inventory);

  Snapshot Latest() const;

  // Waits until there is an inventory newer than generation `seen`, at most
  // `timeout`; returns the newest, which may still be `seen`.
  Snapshot Next(std::uint64_t seen, std::chrono::milliseconds timeout,
                const std::stop_token& stop) const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  Snapshot latest_;  // guarded by mutex_
};

}  // namespace nacelle

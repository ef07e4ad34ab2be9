// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>

#include "agent/discovery/feed.h"
#include "core/model/inventory.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// An inventory and what is offered of it. `inventory` is never null; before
// the first scan it is empty and `generation` is 0.
struct Offered {
  std::uint64_t generation = 0;
  std::shared_ptr<const Inventory> inventory;
  OfferPlan plan;
};

// The offers of the newest inventory, built once for each. Any thread.
class OfferBook {
 public:
  explicit OfferBook(const InventoryFeed& feed);

  std::shared_ptr<const Offered> Newest() const;
  const InventoryFeed& feed() const { return feed_; }

 private:
  const InventoryFeed& feed_;
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const Offered> newest_;  // guarded by mutex_
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/offer_book.h"

namespace nacelle {

OfferBook::OfferBook(const InventoryFeed& feed)
    : feed_(feed),
      newest_(std::make_shared<const Offered>(Offered{0, std::make_shared<const Inventory>(), {}})) {}

std::shared_ptr<const Offered> OfferBook::Newest() const {
  const auto snapshot = feed_.Latest();
  const std::lock_guard lock(mutex_);
  if (snapshot.generation > newest_->generation) {
    newest_ = std::make_shared<const Offered>(
        Offered{snapshot.generation, snapshot.inventory, BuildOffers(*snapshot.inventory)});
  }
  return newest_;
}

}  // namespace nacelle

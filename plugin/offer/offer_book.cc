// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/offer_book.h"

#include <utility>

namespace nacelle {

OfferBook::OfferBook() : newest_{0, std::make_shared<const OfferPlan>()} {}

std::shared_ptr<const Policy> OfferBook::policy() const {
  const std::lock_guard lock(mutex_);
  return policy_;
}

void OfferBook::SetPolicy(Policy policy) {
  auto next = std::make_shared<const Policy>(std::move(policy));
  {
    const std::lock_guard lock(mutex_);
    policy_ = std::move(next);
  }
  changed_.notify_all();
}

void OfferBook::AwaitPolicy(const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, stop, [&] { return policy_ != nullptr; });
}

Offered OfferBook::Newest() const {
  const std::lock_guard lock(mutex_);
  return newest_;
}

Offered OfferBook::Next(std::uint64_t seen, std::chrono::milliseconds timeout, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, timeout, [&] { return newest_.generation != seen; });
  return newest_;
}

void OfferBook::Publish(OfferPlan plan) {
  {
    const std::lock_guard lock(mutex_);
    if (newest_.generation > 0 && *newest_.plan == plan) return;
    newest_ = {newest_.generation + 1, std::make_shared<const OfferPlan>(std::move(plan))};
  }
  changed_.notify_all();
}

void OfferBook::SetHeldElsewhere(std::vector<HeldShare> held) {
  const std::lock_guard lock(mutex_);
  held_elsewhere_ = std::move(held);
}

std::vector<HeldShare> OfferBook::held_elsewhere() const {
  const std::lock_guard lock(mutex_);
  return held_elsewhere_;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>
#include <vector>

#include "core/config/policy.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// What is offered now, and the how-manieth plan it is; generation 0 has an
// empty plan, because nothing is decided yet.
struct Offered {
  std::uint64_t generation = 0;
  std::shared_ptr<const OfferPlan> plan;  // never null
};

// The policy in force and the plan that follows from it, the same for all that
// hand queues out. Any thread; one of them makes the plans.
class OfferBook {
 public:
  OfferBook();

  // Null before there is any.
  std::shared_ptr<const Policy> policy() const;
  void SetPolicy(Policy policy);
  // Waits until there is one, or until `stop`.
  void AwaitPolicy(const std::stop_token& stop) const;

  Offered Newest() const;
  // Waits for a plan newer than generation `seen`, at most `timeout` or until `stop`.
  Offered Next(std::uint64_t seen, std::chrono::milliseconds timeout, const std::stop_token& stop) const;
  // Makes `plan` the newest, when it says anything else than the one before.
  void Publish(OfferPlan plan);

  // What is held by another way than the one that makes the plans.
  void SetHeldElsewhere(std::vector<HeldShare> held);
  std::vector<HeldShare> held_elsewhere() const;

 private:
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  // All below guarded by mutex_.
  std::shared_ptr<const Policy> policy_;
  Offered newest_;
  std::vector<HeldShare> held_elsewhere_;
};

}  // namespace nacelle

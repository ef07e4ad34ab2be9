// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/select/preference.h"
#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

using Ids = std::vector<std::string>;

// The best choice by trying all sets of devices.
class BruteChoice {
 public:
  BruteChoice(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request)
      : inventory_(inventory), offer_(offer), request_(request) {
    const std::set<std::string> all(request.available.begin(), request.available.end());
    ids_.assign(all.begin(), all.end());
    for (const auto& id : ids_) ++free_[QueueOf(id)];
    Extend(0);
  }

  const Ids& best() const { return best_; }

 private:
  using Cost = std::tuple<int, long, long, long, Ids>;

  std::string QueueOf(const std::string& id) const { return FindShare(offer_, id)->queue; }

  void Extend(std::size_t index) {
    if (taken_.size() == static_cast<std::size_t>(request_.size)) return Take();
    if (index == ids_.size()) return;
    taken_.push_back(ids_[index]);
    Extend(index + 1);
    taken_.pop_back();
    const auto& must = request_.must_include;
    if (std::find(must.begin(), must.end(), ids_[index]) == must.end()) Extend(index + 1);
  }

  void Take() {
    for (const auto& id : request_.must_include) {
      if (std::find(taken_.begin(), taken_.end(), id) == taken_.end()) return;
    }
    std::set<std::string> queues;
    long place = 0;
    long pairs = 0;
    long free_shares = 0;
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      const auto queue = QueueOf(taken_[i]);
      const auto& function = *FindQueue(inventory_, queue).function;
      queues.insert(queue);
      free_shares += free_[queue];
      if (request_.place) place += DistanceTo(inventory_, function, *request_.place);
      for (std::size_t j = 0; j < i; ++j) {
        pairs += FunctionDistance(inventory_, function, *FindQueue(inventory_, QueueOf(taken_[j])).function);
      }
    }
    const Cost cost{-static_cast<int>(queues.size()), place, pairs, -free_shares, taken_};
    if (least_ && !(cost < *least_)) return;
    least_ = cost;
    best_ = taken_;
  }

  const Inventory& inventory_;
  const Offer& offer_;
  const PreferenceRequest& request_;
  Ids ids_;
  std::map<std::string, int> free_;
  Ids taken_;
  std::optional<Cost> least_;
  Ids best_;
};

TEST(PreferenceExactness, IsTheBestChoiceThereIs) {
  for (unsigned seed = 0; seed < 1500; ++seed) {
    RandomMachine random(seed);
    const auto inventory = random.Make(7);
    Offer offer{.resource = "nacelle.dev/x"};
    PreferenceRequest request;
    for (const auto& function : inventory.functions) {
      for (const auto& queue : function.queues) {
        offer.queues.push_back({queue.id, 1 + random.Below(3)});
        for (int share = 0; share < offer.queues.back().shares; ++share) {
          if (random.Below(4) > 0) request.available.push_back(ShareId(queue.id, share));
        }
      }
    }
    std::sort(offer.queues.begin(), offer.queues.end(), [](auto& a, auto& b) { return a.queue < b.queue; });
    if (request.available.empty()) continue;
    const int available = static_cast<int>(request.available.size());
    if (random.Below(2) == 0) request.must_include.push_back(request.available[random.Below(available)]);
    request.size = 1 + random.Below(std::min(available, 6));
    if (random.Below(2) == 0) request.place = Target{nullptr, random.Below(4)};
    ASSERT_EQ(PreferDevices(inventory, offer, request), BruteChoice(inventory, offer, request).best()) << seed;
  }
}

}  // namespace
}  // namespace nacelle

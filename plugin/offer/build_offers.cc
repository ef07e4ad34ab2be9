// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/build_offers.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/model/resource_name.h"
#include "core/select/bundle_id.h"
#include "core/select/candidates.h"
#include "core/select/partition.h"
#include "plugin/offer/eligible_queues.h"
#include "plugin/offer/selection.h"
#include "plugin/offer/sha256.h"
#include "plugin/offer/taken_queues.h"
#include "plugin/offer/tuples_on_list.h"

namespace nacelle {
namespace {

using OfferKey = std::pair<std::string, Route>;

// Where the policy wants a queue.
struct Destination {
  std::string resource;
  Route route = Route::kDevicePlugin;
  int shares = 1;
};

bool IsAsWanted(const HeldShare& held, const std::string& queue, const Destination& wanted) {
  if (held.resource != wanted.resource || held.route != wanted.route) return false;
  if (held.shares.value_or(wanted.shares) != wanted.shares) return false;
  const auto share = ShareNumber(queue, held.device);
  return share && *share < wanted.shares;
}

class Builder {
 public:
  explicit Builder(const OfferInput& input)
      : input_(input), eligible_(FindEligible(input.inventory, input.policy.memory_access)) {
    for (const auto& held : input.held) {
      for (const auto& queue : held.queues) held_[queue].push_back(&held);
    }
  }

  OfferPlan Build() && {
    for (auto& judged : JudgeTuples(input_, eligible_)) AddPublished(std::move(judged));
    for (const auto& offer : input_.policy.offers) {
      NotePlace(offer);
      NoteOperations(offer);
      NoteRoute(offer);
      if (!IsBundle(offer)) AddOffer(offer);
      else if (input_.published_known) AddBundle(offer);
      else HoldBack(offer);
    }
    for (const auto& function : input_.inventory.functions) AddRest(function);
    KeepUnplaced();
    plan_.taken = FindTaken(input_.inventory, input_.held);
    return std::move(*this).Finish();
  }

 private:
  void NotePlace(const PolicyOffer& offer) {
    if (offer.find.relation.kind != Relation::Kind::kNear) return;
    auto place = offer.find.relation.place;
    const auto node = input_.numa_of_cpu.find(place.number);
    if (place.kind == Place::Kind::kCpu && node != input_.numa_of_cpu.end()) place = {Place::Kind::kNuma, node->second, {}};
    plan_.places[ResourceName(offer)] = place;
  }

  void NoteOperations(const PolicyOffer& offer) {
    auto& operations = plan_.operations[ResourceName(offer)];
    for (const auto& want : offer.find.wants) {
      operations.push_back(want.operation);
      for (const auto& filter : want.filters) {
        if (filter.key == FilterKey::kOperation && filter.equal) operations.push_back(filter.value);
      }
    }
  }

  void AddOffer(const PolicyOffer& offer) {
    const auto resource = ResourceName(offer);
    for (const auto& [id, ref] : eligible_.queues) {
      if (placed_.contains(id) || !Selects(input_.inventory, offer, *ref.function, input_.numa_of_cpu)) continue;
      const int shares = SharesOf(offer, *ref.queue);
      if (shares < offer.shares_per_queue) {
        AddProblem(id, "divided into " + std::to_string(shares) + " shares, not " +
                           std::to_string(offer.shares_per_queue) + ": it has no more instances");
      } else if (ref.queue->instances_at_least && shares > *ref.queue->instances) {
        AddProblem(id, "divided into " + std::to_string(shares) + " shares, though at most " +
                           std::to_string(*ref.queue->instances) + " of its instances were seen free: it may have fewer");
      }
      Place(id, {resource, RouteOf(offer), shares});
    }
  }

  // The scheduler looks for claims only where the device plugin has nothing
  // allocatable of a name, held or not: while somebody holds it so, it stays there.
  Route RouteOf(const PolicyOffer& offer) const {
    const auto resource = ResourceName(offer);
    const bool stays = std::any_of(input_.held.begin(), input_.held.end(), [&](const HeldShare& held) {
      return held.resource == resource && held.route == Route::kDevicePlugin;
    });
    return stays ? Route::kDevicePlugin : offer.through;
  }

  void NoteRoute(const PolicyOffer& offer) {
    if (RouteOf(offer) == offer.through) return;
    AddProblem(ResourceName(offer), "still given by the device plugin: DRA takes it over when the last pod that has it so ends");
  }

  void AddPublished(JudgedTuple judged) {
    placed_.insert(judged.queues.begin(), judged.queues.end());
    AddTuple(judged.saved, std::move(judged.offered));
  }

  void AddTuple(SavedTuple saved, OfferedTuple offered) {
    tuples_[{saved.resource, Route::kDevicePlugin}].push_back(std::move(offered));
    plan_.tuples.push_back(std::move(saved));
  }

  // Divides what is eligible, free and not placed yet.
  void AddBundle(const PolicyOffer& offer) {
    PartitionRequest request{.numa_of_cpu = input_.numa_of_cpu};
    for (const auto& function : input_.inventory.functions) {
      for (const auto& queue : function.queues) {
        const bool free = eligible_.queues.contains(queue.id) && !placed_.contains(queue.id) && !held_.contains(queue.id);
        if (!free) request.excluded.insert(queue.id);
      }
    }
    if (IsServedByHeld(offer)) selected_.insert(ResourceName(offer));
    const auto partition = Divide(input_.inventory, offer.find, request);
    const auto resource = ResourceName(offer);
    for (const auto& queues : partition.made) {
      placed_.insert(queues.begin(), queues.end());
      const auto id = BundleId(offer.name, queues, Sha256Hex);
      AddTuple({resource, id, queues, Print(offer.find)}, {id, queues, SharesOfTuple(offer, input_.inventory, queues)});
    }
    if (partition.proven_best) return;
    AddProblem(resource, "divided into " + std::to_string(partition.made.size()) +
                             " tuples, which may not be the most or the nearest: the search ended before it had seen all");
  }

  void HoldBack(const PolicyOffer& offer) {
    for (const auto& [id, ref] : eligible_.queues) {
      if (ServesAWant(offer, *ref.function)) placed_.insert(id);
    }
  }

  static bool ServesAWant(const PolicyOffer& offer, const Function& function) {
    const auto& wants = offer.find.wants;
    return std::any_of(wants.begin(), wants.end(), [&](const Want& want) { return Serves(function, want); });
  }

  bool IsServedByHeld(const PolicyOffer& offer) const {
    return std::any_of(eligible_.queues.begin(), eligible_.queues.end(), [&](const auto& queue) {
      return held_.contains(queue.first) && !placed_.contains(queue.first) && ServesAWant(offer, *queue.second.function);
    });
  }

  void AddRest(const Function& function) {
    std::vector<std::string> left;
    for (const auto& queue : function.queues) {
      const auto found = eligible_.queues.find(queue.id);
      const bool mine = found != eligible_.queues.end() && found->second.queue == &queue;
      if (mine && !placed_.contains(queue.id)) left.push_back(queue.id);
    }
    if (left.empty() || !function.by_default) return;
    if (input_.policy.rest == Rest::kHide) {
      plan_.hidden.push_back({function.id, "not offered: no offer selects it, and the policy hides the rest"});
      return;
    }
    const auto resource = DefaultResourceName(function.interface);
    if (!MayHave(function, resource)) return;
    for (const auto& id : left) Place(id, {resource, Route::kDevicePlugin, 1});
  }

  bool MayHave(const Function& function, const std::string& resource) {
    if (auto status = CheckResourceName(resource); !status) {
      AddProblem(function.id, "not offered: resource name " + status.error().message());
      return false;
    }
    const auto& offers = input_.policy.offers;
    if (std::any_of(offers.begin(), offers.end(), [&](const auto& o) { return ResourceName(o) == resource; })) {
      AddProblem(function.id, "not offered: the policy has an offer of its name " + resource +
                                  ", which does not select it");
      return false;
    }
    const auto owner = interfaces_.emplace(resource, function.interface).first->second;
    if (owner == function.interface) return true;
    AddProblem(function.id, "not offered: interface '" + function.interface + "' would share the name " + resource +
                                " with '" + owner + "'");
    return false;
  }

  // Puts a queue where the policy wants it, unless somebody holds it otherwise.
  void Place(const std::string& id, const Destination& wanted) {
    placed_.insert(id);
    selected_.insert(wanted.resource);
    const auto holders = held_.find(id);
    const bool free = holders == held_.end() ||
                      std::all_of(holders->second.begin(), holders->second.end(),
                                  [&](const HeldShare* held) { return IsAsWanted(*held, id, wanted); });
    if (!free) return Keep(id);
    OfferedQueue offered{id, wanted.shares};
    // All that claims can have is in one pool, whatever it is offered as.
    const bool by_claims = wanted.route == Route::kDra;
    for (const auto& device : DeviceIds(offered)) {
      if (devices_[by_claims ? "" : wanted.resource].insert(device).second) continue;
      AddProblem(id, "not offered: its share " + device + " has the id of another device " +
                         (by_claims ? "that claims can have" : "of " + wanted.resource));
      return;
    }
    queues_[{wanted.resource, wanted.route}].push_back(std::move(offered));
  }

  // Leaves a queue with those who hold it.
  void Keep(const std::string& id) {
    placed_.insert(id);
    std::map<OfferKey, OfferedQueue> kept;
    for (const auto* held : held_.at(id)) {
      const auto share = ShareNumber(id, held->device);
      if (!share) continue;
      auto& offered = kept[{held->resource, held->route}];
      offered.queue = id;
      offered.shares = std::max({offered.shares, held->shares.value_or(1), *share + 1});
      if (!offered.only) offered.only.emplace();
      // Shares by capacity are all of one device.
      auto& only = *offered.only;
      if (std::find(only.begin(), only.end(), held->device) == only.end()) only.push_back(held->device);
    }
    for (auto& [key, offered] : kept) queues_[key].push_back(std::move(offered));
  }

  // Held queues that the policy offers nowhere.
  void KeepUnplaced() {
    for (const auto& [id, holders] : held_) {
      if (!placed_.contains(id) && FindQueue(input_.inventory, id)) Keep(id);
    }
  }

  OfferPlan Finish() && {
    FinishOffers();
    std::sort(plan_.tuples.begin(), plan_.tuples.end());
    Append(plan_.problems, eligible_.problems);
    Append(plan_.hidden, eligible_.hidden);
    return std::move(plan_);
  }

  void FinishOffers() {
    for (const auto& [key, tuples] : tuples_) queues_[key];
    for (auto& [key, queues] : queues_) {
      auto& tuples = tuples_[key];
      std::sort(queues.begin(), queues.end(), [](const auto& a, const auto& b) { return a.queue < b.queue; });
      std::sort(tuples.begin(), tuples.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
      plan_.offers.push_back({key.first, std::move(queues), key.second, std::move(tuples)});
    }
    for (const auto& offer : input_.policy.offers) {
      const auto resource = ResourceName(offer);
      if (queues_.contains({resource, RouteOf(offer)})) continue;
      plan_.empty.push_back(resource);
      if (selected_.contains(resource)) plan_.waiting.push_back(resource);
    }
    std::sort(plan_.empty.begin(), plan_.empty.end());
    std::sort(plan_.waiting.begin(), plan_.waiting.end());
  }

  static void Sort(std::vector<Problem>& problems) {
    std::sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
      return std::pair(a.object, a.message) < std::pair(b.object, b.message);
    });
  }

  static void Append(std::vector<Problem>& to, std::vector<Problem>& from) {
    to.insert(to.end(), std::move_iterator(from.begin()), std::move_iterator(from.end()));
    Sort(to);
  }

  void AddProblem(const std::string& object, std::string message) {
    plan_.problems.push_back({object, std::move(message)});
  }

  const OfferInput& input_;
  EligibleQueues eligible_;
  std::map<std::string, std::vector<const HeldShare*>> held_;  // by queue
  std::map<std::string, std::string> interfaces_;              // by resource
  std::map<OfferKey, std::vector<OfferedQueue>> queues_;
  std::map<OfferKey, std::vector<OfferedTuple>> tuples_;
  std::map<std::string, std::set<std::string>> devices_;       // by resource; "" has those of claims
  std::set<std::string> placed_;                               // queues
  std::set<std::string> selected_;                             // resources that have queues, or would have them
  OfferPlan plan_;
};

}  // namespace

OfferPlan BuildOffers(const OfferInput& input) { return Builder(input).Build(); }

const Offer* FindOffer(const OfferPlan& plan, std::string_view resource, Route route) {
  const auto it = std::lower_bound(plan.offers.begin(), plan.offers.end(), std::pair(resource, route),
                                   [](const Offer& offer, const std::pair<std::string_view, Route>& key) {
                                     return std::pair<std::string_view, Route>(offer.resource, offer.route) < key;
                                   });
  return it != plan.offers.end() && it->resource == resource && it->route == route ? &*it : nullptr;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/tuples_on_list.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "core/select/query_parser.h"
#include "core/select/tuple_health.h"
#include "plugin/offer/selection.h"

namespace nacelle {
namespace {

class Judge {
 public:
  Judge(const OfferInput& input, const EligibleQueues& eligible) : input_(input), eligible_(eligible) {
    for (const auto& held : input.held) {
      for (const auto& queue : held.queues) held_[queue].push_back(&held);
    }
  }

  JudgedTuple Decide(const SavedTuple& tuple) const {
    const auto* offer = FindBundle(input_.policy, tuple.resource);
    const auto holders = HoldersOf(tuple);
    JudgedTuple judged{tuple, {tuple.id, tuple.queues}, !holders.empty(), {}};
    for (const auto& queue : tuple.queues) {
      if (!holders.empty() || !IsHeldByOthers(tuple, queue)) judged.queues.push_back(queue);
    }
    const auto reason = WhyUnwanted(tuple, offer, !holders.empty());
    if (reason.empty()) {
      judged.saved.query = Print(offer->find);
      judged.offered.health = TupleHealth(input_.inventory, offer->find, tuple.queues, input_.numa_of_cpu);
      judged.offered.shares = SharesOfTuple(*offer, input_.inventory, tuple.queues);
    } else {
      judged.offered.health = OwnHealth(tuple);
    }
    if (holders.empty()) LetGo(reason, judged.offered);
    else KeepFor(holders, !reason.empty(), judged.offered);
    return judged;
  }

 private:
  std::vector<const HeldShare*> HoldersOf(const SavedTuple& tuple) const {
    std::vector<const HeldShare*> holders;
    for (const auto& held : input_.held) {
      if (held.resource == tuple.resource && ShareNumber(tuple.id, held.device)) holders.push_back(&held);
    }
    return holders;
  }

  bool IsHeldByOthers(const SavedTuple& tuple, const std::string& queue) const {
    const auto holders = held_.find(queue);
    if (holders == held_.end()) return false;
    return std::any_of(holders->second.begin(), holders->second.end(), [&](const HeldShare* held) {
      return held->resource != tuple.resource || !ShareNumber(tuple.id, held->device);
    });
  }

  // Why the policy does not want the tuple as it is; empty when it does.
  std::string WhyUnwanted(const SavedTuple& tuple, const PolicyOffer* offer, bool is_held) const {
    if (offer == nullptr) return "the policy has no such bundle";
    for (const auto& queue : tuple.queues) {
      if (IsHeldByOthers(tuple, queue)) return queue + " is held by another name";
      const auto found = eligible_.queues.find(queue);
      // One that is gone makes the tuple unhealthy, not unwanted.
      if (found == eligible_.queues.end()) {
        if (FindQueue(input_.inventory, queue)) return queue + " is not offered";
        continue;
      }
      const auto* earlier = EarlierOffer(*offer, *found->second.function);
      if (earlier != nullptr && !is_held) return queue + " belongs to the offer '" + earlier->name + "'";
    }
    const bool answers = TupleHealth(input_.inventory, offer->find, tuple.queues, input_.numa_of_cpu).healthy;
    if (!answers && tuple.query != Print(offer->find)) return "the offer asks for other queues";
    return {};
  }

  const PolicyOffer* EarlierOffer(const PolicyOffer& bundle, const Function& function) const {
    for (const auto& offer : input_.policy.offers) {
      if (&offer == &bundle) return nullptr;
      if (!IsBundle(offer) && Selects(input_.inventory, offer, function, input_.numa_of_cpu)) return &offer;
    }
    return nullptr;
  }

  // By the query that it was made for; where that is not known, by its queues.
  Health OwnHealth(const SavedTuple& tuple) const {
    const auto query = ParseQuery(tuple.query);
    if (query) return TupleHealth(input_.inventory, *query, tuple.queues, input_.numa_of_cpu);
    for (const auto& queue : tuple.queues) {
      const auto ref = FindQueue(input_.inventory, queue);
      if (!ref) return {false, queue + " is gone"};
      if (auto health = EffectiveHealth(ref); !health.healthy) return {false, queue + ": " + health.reason};
    }
    return {};
  }

  // Nobody holds it.
  static void LetGo(const std::string& reason, OfferedTuple& offered) {
    if (!reason.empty()) offered.health = {false, reason};
    if (!offered.health.healthy) offered.only.emplace();
  }

  // Its holders keep their shares; others are handed out only when it is as the
  // policy wants it, divided as it was.
  static void KeepFor(const std::vector<const HeldShare*>& holders, bool unwanted, OfferedTuple& offered) {
    const int wanted = offered.shares;
    for (const auto* held : holders) {
      const auto share = *ShareNumber(offered.id, held->device);
      unwanted = unwanted || held->shares.value_or(wanted) != wanted || share >= wanted;
    }
    if (!unwanted) return;
    offered.only.emplace();
    for (const auto* held : holders) {
      offered.shares = std::max({offered.shares, held->shares.value_or(1), *ShareNumber(offered.id, held->device) + 1});
      offered.only->push_back(held->device);
    }
  }

  const OfferInput& input_;
  const EligibleQueues& eligible_;
  std::map<std::string, std::vector<const HeldShare*>> held_;  // by queue
};

}  // namespace

std::vector<JudgedTuple> JudgeTuples(const OfferInput& input, const EligibleQueues& eligible) {
  const Judge judge(input, eligible);
  std::vector<JudgedTuple> judged;
  judged.reserve(input.published.size());
  for (const auto& tuple : input.published) judged.push_back(judge.Decide(tuple));
  std::stable_partition(judged.begin(), judged.end(), [](const JudgedTuple& tuple) { return tuple.held; });
  std::set<std::string> taken;
  for (auto& tuple : judged) {
    for (const auto& queue : tuple.queues) {
      if (taken.insert(queue).second || tuple.held) continue;
      tuple.offered.health = {false, queue + " is in another tuple"};
      tuple.offered.only.emplace();
    }
  }
  return judged;
}

const PolicyOffer* FindBundle(const Policy& policy, const std::string& resource) {
  const auto found = std::find_if(policy.offers.begin(), policy.offers.end(), [&](const PolicyOffer& offer) {
    return IsBundle(offer) && ResourceName(offer) == resource;
  });
  return found == policy.offers.end() ? nullptr : &*found;
}

int SharesOfTuple(const PolicyOffer& offer, const Inventory& inventory, const std::vector<std::string>& queues) {
  int shares = offer.shares_per_queue;
  for (const auto& id : queues) {
    if (const auto ref = FindQueue(inventory, id)) shares = std::min(shares, SharesOf(offer, *ref.queue));
  }
  return shares;
}

}  // namespace nacelle

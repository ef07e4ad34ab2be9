// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/node_answer.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>
#include <utility>

#include "core/select/answers.h"

namespace nacelle::kubectl {
namespace {

using Cost = std::tuple<int, long, long>;
using OfferByQueue = std::map<std::string_view, const crd::NodeOffer*>;

// As answers of one node are ordered: strongest weakest link, then least
// distance, then least sum over the pairs.
Cost CostOf(const FindResult& result) {
  const auto& reason = result.answers.front().reason;
  return std::tuple(reason.strength ? static_cast<int>(*reason.strength) : 0, reason.distance_sum, reason.pair_distance_sum);
}

using Rank = std::tuple<Way, Cost, long, const std::vector<std::string>&, const std::string&>;

Rank RankOf(const NodeAnswer& answer) {
  return {answer.way, CostOf(answer.result), -answer.free_shares, answer.result.answers.front().queues, answer.node};
}

long FreeSharesOf(const NodeView& node, const FindResult& result) {
  long sum = 0;
  for (const auto& id : result.answers.front().queues) {
    const auto used = node.usage.find(id);
    sum += used == node.usage.end() ? 1 : used->second.shares - used->second.held;
  }
  return sum;
}

bool LacksMembers(const crd::NodeOffer& offer) { return offer.devices > 0 && offer.members.empty(); }

bool LacksMembers(const NodeView& node) {
  const auto& offers = node.object.status.offers;
  return std::any_of(offers.begin(), offers.end(), [](const auto& offer) { return LacksMembers(offer); });
}

bool AsksForLinks(const Query& query) {
  return query.relation.kind == Relation::Kind::kChained && query.relation.strength != LinkStrength::kSharedAddress;
}

// Whether what the object leaves out is nothing that the query asks about.
bool SaysAll(const NodeView& node, const Query& query) {
  const auto& status = node.object.status;
  if (status.truncated.empty()) return true;
  return !AsksForLinks(query) && !LacksMembers(node) && status.summary.functions == static_cast<std::int64_t>(status.functions.size());
}

// What its agent says of itself when it is not ready.
const crd::Condition* Unready(const NodeView& node) {
  const auto* ready = crd::FindCondition(node.object.status.conditions, "Ready");
  return ready != nullptr && ready->status == "False" ? ready : nullptr;
}

bool IsByClaim(const crd::NodeOffer& offer) { return offer.through == "dra"; }

// Whether pods can get it now, as its agent says: by claims or by the device plugin, of which
// one may work where the other does not.
bool CanBeHad(const NodeView& node, const crd::NodeOffer& offer) {
  const auto* unready = Unready(node);
  return unready == nullptr || IsByClaim(offer) != (unready->reason == crd::kNoClaims);
}

constexpr auto kNotOffered = "such queues are there, and no offer gives them now; a policy can";

// An agent of an earlier version counted what a claim holds, and did not say which device it is.
constexpr auto kHeldByUnknown = "which of such queues are free is not known: an agent of an earlier version does not name all that are held";

// One node, and what it offers.
class Asking {
 public:
  Asking(const NodeView& node, const Query& query) : node_(node), query_(query) {
    options_.limit = 1;
    options_.candidates.usage = node.usage;
    for (const auto& offer : node.object.status.offers) {
      if (!Gives(offer)) continue;
      for (const auto& member : offer.members) {
        if (member.healthy && member.queues.size() <= 1) alone_.emplace(QueueOf(member), &offer);
      }
    }
  }

  NodeAnswer Answer() && {
    NodeAnswer answer{node_.object.meta.name, Find(node_.inventory, query_, options_)};
    if (answer.result.answers.empty()) return answer;
    const auto least = CostOf(answer.result);
    if (!AreDevices(answer.result.answers.front())) answer.result = AskOfDevices();
    std::optional<NodeAnswer> best;
    if (!answer.result.answers.empty()) best = WithDoors(std::move(answer));
    const bool too_many = best && std::any_of(best->doors.begin(), best->doors.end(), [](const Door& door) { return door.asked > door.free; });
    if (too_many) best.reset();
    for (auto& bundle : AskBundles(least)) {
      if (!best || IsBetter(bundle, *best)) best = std::move(bundle);
    }
    if (best) return *std::move(best);
    return MissOf(node_.object.meta.name, query_, too_many ? kHeldByUnknown : kNotOffered);
  }

  // Where the object does not say which devices offers have: what no holder is known of.
  NodeAnswer AnswerWithoutMembers() && {
    for (const auto& holding : node_.object.status.holdings) options_.candidates.excluded.insert(holding.device);
    return {node_.object.meta.name, Find(node_.inventory, query_, options_)};
  }

 private:
  bool Gives(const crd::NodeOffer& offer) const { return offer.free > 0 && CanBeHad(node_, offer); }

  static const std::string& QueueOf(const crd::NodeDevice& member) { return member.queues.empty() ? member.id : member.queues.front(); }

  // Whether each of its queues is a device by itself.
  bool AreDevices(const nacelle::Answer& answer) const {
    return std::all_of(answer.queues.begin(), answer.queues.end(), [&](const auto& queue) { return alone_.contains(queue); });
  }

  void Exclude(const OfferByQueue* but) {
    for (const auto& function : node_.inventory.functions) {
      for (const auto& queue : function.queues) {
        if (but == nullptr || !but->contains(queue.id)) options_.candidates.excluded.insert(queue.id);
      }
    }
  }

  FindResult AskOfDevices() {
    options_.candidates.excluded.clear();
    Exclude(&alone_);
    return FindAnswers(node_.inventory, query_, options_);
  }

  NodeAnswer WithDoors(NodeAnswer answer) const {
    std::map<std::string_view, Door> doors;
    const auto& queues = answer.result.answers.front().queues;
    bool by_claim = true;
    for (const auto& queue : queues) {
      const auto& offer = *alone_.at(queue);
      by_claim &= offer.through == "dra";
      const auto [at, is_new] = doors.emplace(offer.resource, Door{offer.resource, offer.through, offer.free});
      if (!is_new) ++at->second.asked;
    }
    for (auto& [resource, door] : doors) answer.doors.push_back(std::move(door));
    answer.way = by_claim || queues.size() == 1 ? Way::kExact : Way::kChosen;
    return answer;
  }

  // The bundles whose queues, taken together, are an answer; none after one that costs the
  // `least` that any can.
  std::vector<NodeAnswer> AskBundles(const Cost& least) {
    std::vector<NodeAnswer> answers;
    const auto count = static_cast<std::size_t>(std::accumulate(query_.wants.begin(), query_.wants.end(), 0, [](int sum, const Want& want) { return sum + want.count; }));
    if (count < 2) return answers;
    options_.candidates.excluded.clear();
    Exclude(nullptr);
    for (const auto& offer : node_.object.status.offers) {
      for (const auto& member : offer.members) {
        if (!Gives(offer) || !member.healthy || member.queues.size() != count) continue;
        if (auto result = AskBundle(member); !result.answers.empty()) {
          answers.push_back({node_.object.meta.name, std::move(result), Way::kExact, {{offer.resource, offer.through, offer.free}}});
          if (CostOf(answers.back().result) == least) return answers;
        }
      }
    }
    return answers;
  }

  FindResult AskBundle(const crd::NodeDevice& bundle) {
    auto& excluded = options_.candidates.excluded;
    for (const auto& queue : bundle.queues) excluded.erase(queue);
    auto result = FindAnswers(node_.inventory, query_, options_);
    excluded.insert(bundle.queues.begin(), bundle.queues.end());
    return result;
  }

  const NodeView& node_;
  const Query& query_;
  FindOptions options_;
  OfferByQueue alone_;  // of devices that are well
};

// Why a node cannot, whatever it has.
std::optional<std::string> WhyNot(const NodeView& node) {
  const auto& offers = node.object.status.offers;
  const auto* unready = Unready(node);
  if (unready != nullptr && std::none_of(offers.begin(), offers.end(), [&](const auto& offer) { return CanBeHad(node, offer); })) {
    return "its agent is not ready" + (unready->message.empty() ? "" : ": " + unready->message);
  }
  if (!LacksMembers(node)) return std::nullopt;
  const bool all_held = std::all_of(offers.begin(), offers.end(), [](const auto& offer) { return !LacksMembers(offer) || offer.free == 0; });
  if (!all_held) return std::nullopt;
  return "all devices are held, as far as its object says, which was too large to say it of each";
}

NodeAnswer Ask(const NodeView& node, const Query& query) {
  if (auto why = WhyNot(node)) return MissOf(node.object.meta.name, query, *std::move(why));
  Asking asking(node, query);
  return LacksMembers(node) ? std::move(asking).AnswerWithoutMembers() : std::move(asking).Answer();
}

}  // namespace

NodeAnswer AnswerOf(const NodeView& node, const Query& query) {
  auto answer = Ask(node, query);
  if (!answer.result.answers.empty()) answer.free_shares = FreeSharesOf(node, answer.result);
  answer.complete = SaysAll(node, query);
  return answer;
}

bool IsBetter(const NodeAnswer& a, const NodeAnswer& b) { return RankOf(a) < RankOf(b); }

NodeAnswer MissOf(const std::string& node, const Query& query, std::string why) {
  return {node, {.miss = Miss{.part = Print(query), .message = std::move(why)}}};
}

}  // namespace nacelle::kubectl

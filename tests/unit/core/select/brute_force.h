// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "core/select/candidates.h"
#include "core/select/query.h"

namespace nacelle {

// The answers to a query by the plainest means: every tuple there is, with its
// cost as the contract orders it. Written without the code under test, as far
// as candidates and model allow.
class BruteForce {
 public:
  // Weakest link, to the place, over all pairs, free shares negated, ids.
  using Cost = std::tuple<int, long, long, long, std::vector<std::string>>;

  // `numa_of_cpu`: for a place that is a CPU.
  BruteForce(const Inventory& inventory, const Query& query, const CandidateOptions& options,
             const std::map<int, int>& numa_of_cpu = {})
      : inventory_(inventory), query_(query), numa_of_cpu_(numa_of_cpu), candidates_(FindCandidates(inventory, query, options)) {
    for (std::size_t want = 0; want < query.wants.size(); ++want) {
      for (int i = 0; i < query.wants[want].count; ++i) want_of_.push_back(want);
    }
    Extend();
  }

  // Best first, no set twice unless chained.
  std::vector<Cost> Best() const {
    std::vector<Cost> best;
    std::set<std::set<std::string>> seen;
    auto sorted = costs_;
    std::sort(sorted.begin(), sorted.end());
    for (const auto& cost : sorted) {
      const auto& ids = std::get<4>(cost);
      const bool chained = query_.relation.kind == Relation::Kind::kChained;
      if (!chained && !seen.insert({ids.begin(), ids.end()}).second) continue;
      if (best.empty() || best.back() != cost) best.push_back(cost);
    }
    return best;
  }

 private:
  void Extend() {
    const auto position = tuple_.size();
    if (position == want_of_.size()) return Take();
    for (const auto& candidate : candidates_) {
      if ((candidate.wants >> want_of_[position] & 1U) == 0) continue;
      if (std::find(tuple_.begin(), tuple_.end(), &candidate) != tuple_.end()) continue;
      const bool same_want = position > 0 && want_of_[position - 1] == want_of_[position];
      if (same_want && candidate.queue->id < tuple_.back()->queue->id) continue;  // a want's queues ascend
      tuple_.push_back(&candidate);
      Extend();
      tuple_.pop_back();
    }
  }

  void Take() {
    long pairs = 0;
    long free_shares = 0;
    std::vector<std::string> ids;
    for (std::size_t i = 0; i < tuple_.size(); ++i) {
      ids.push_back(tuple_[i]->queue->id);
      free_shares += tuple_[i]->free_shares;
      for (std::size_t j = 0; j < i; ++j) {
        pairs += FunctionDistance(inventory_, *tuple_[i]->function, *tuple_[j]->function);
      }
    }
    switch (query_.relation.kind) {
      case Relation::Kind::kNone: costs_.emplace_back(0, 0, pairs, -free_shares, ids); break;
      case Relation::Kind::kNear: TakeNear(pairs, free_shares, ids); break;
      case Relation::Kind::kSharingHbm: TakeSharing(pairs, free_shares, ids); break;
      case Relation::Kind::kChained: TakeChained(pairs, free_shares, ids); break;
    }
  }

  // Absent when the machine has no such place.
  std::optional<int> DistanceToPlace(const Function& function) const {
    const auto& place = query_.relation.place;
    if (place.kind == Place::Kind::kNuma) return DistanceToNode(function, place.number);
    if (place.kind == Place::Kind::kCpu) {
      const auto node = numa_of_cpu_.find(place.number);
      return node == numa_of_cpu_.end() ? std::nullopt : DistanceToNode(function, node->second);
    }
    for (const auto& domain : inventory_.domains) {
      if (domain.id != place.domain) continue;
      return domain.numa ? DistanceToNode(function, *domain.numa) : DistanceToCard(function, domain);
    }
    return std::nullopt;
  }

  std::optional<int> DistanceToNode(const Function& function, int node) const {
    const bool is_there = std::ranges::any_of(inventory_.numa, [&](const NumaNode& one) { return one.id == node; });
    return is_there ? std::optional(NumaDistance(inventory_, function.numa, node)) : std::nullopt;
  }

  int DistanceToCard(const Function& function, const MemoryDomain& domain) const {
    if (function.card == domain.card) return 0;
    const auto from = function.numa ? "numa-" + std::to_string(*function.numa) : std::string();
    for (const auto& affinity : inventory_.affinities) {
      if (affinity.place == from && affinity.domain == domain.id) return affinity.distance;
    }
    return kUnknownDistance;
  }

  void TakeNear(long pairs, long free_shares, const std::vector<std::string>& ids) {
    long sum = 0;
    for (const auto* candidate : tuple_) {
      const auto distance = DistanceToPlace(*candidate->function);
      if (!distance || (query_.relation.within && *distance > *query_.relation.within)) return;
      sum += *distance;
    }
    costs_.emplace_back(0, sum, pairs, -free_shares, ids);
  }

  void TakeSharing(long pairs, long free_shares, const std::vector<std::string>& ids) {
    for (const auto& domain : inventory_.domains) {
      if (domain.kind != MemoryKind::kHbm) continue;
      long sum = 0;
      bool local = true;
      for (const auto* candidate : tuple_) {
        const auto distance = LocalDistance(*candidate->function, domain);
        local = local && distance;
        sum += distance.value_or(0);
      }
      if (local) costs_.emplace_back(0, sum, pairs, -free_shares, ids);
    }
  }

  std::optional<int> LocalDistance(const Function& function, const MemoryDomain& domain) const {
    if (domain.numa) {
      const auto& local = domain.local_nodes;
      if (!function.numa || std::count(local.begin(), local.end(), *function.numa) == 0) return std::nullopt;
      return NumaDistance(inventory_, function.numa, domain.numa);
    }
    return function.card == domain.card ? std::optional(0) : std::nullopt;
  }

  void TakeChained(long pairs, long free_shares, const std::vector<std::string>& ids) {
    int weakest = 0;
    for (std::size_t i = 0; i < tuple_.size(); ++i) {
      for (std::size_t j = 0; j < tuple_.size(); ++j) {
        if (want_of_[j] != want_of_[i] + 1) continue;
        const int strength = StrengthOf(*tuple_[i]->function, *tuple_[j]->function);
        if (strength < 0) return;
        weakest = std::max(weakest, strength);
      }
    }
    costs_.emplace_back(weakest, 0, pairs, -free_shares, ids);
  }

  // -1: no link that counts.
  int StrengthOf(const Function& from, const Function& to) const {
    const auto only = query_.relation.strength;
    if (only == LinkStrength::kSharedAddress) {
      return from.access == MemoryAccess::kSva && to.access == MemoryAccess::kSva ? 2 : -1;
    }
    int best = -1;
    const auto see = [&](LinkStrength strength) {
      const int value = static_cast<int>(strength);
      if ((!only || *only == strength) && (best < 0 || value < best)) best = value;
    };
    for (const auto& link : inventory_.links) {
      if (link.from == from.id && link.to == to.id) see(link.strength);
    }
    if (&from == &to && from.path.starts_with("/sys/devices/pci")) see(LinkStrength::kPeerToPeer);
    return best;
  }

  const Inventory& inventory_;
  const Query& query_;
  const std::map<int, int> numa_of_cpu_;
  std::vector<Candidate> candidates_;
  std::vector<std::size_t> want_of_;
  std::vector<const Candidate*> tuple_;
  std::vector<Cost> costs_;
};

}  // namespace nacelle

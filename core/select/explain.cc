// SPDX-License-Identifier: Apache-2.0
#include "core/select/explain.h"

#include <algorithm>

#include "core/select/link_groups.h"
#include "core/select/question.h"

namespace nacelle {
namespace {

using Tuple = std::vector<const Candidate*>;

// By the nodes of the queues: there are many more pairs of queues.
void AddPairs(Reason& reason, const Inventory& inventory, const Tuple& tuple) {
  NodeNumbers nodes;
  std::vector<long> queues;
  for (const auto* candidate : tuple) {
    const auto node = static_cast<std::size_t>(nodes.Of(candidate->function->numa));
    if (node == queues.size()) queues.push_back(0);
    ++queues[node];
  }
  const auto distances = nodes.Distances(inventory);
  for (std::size_t i = 0; i < queues.size(); ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      const long pairs = i == j ? queues[i] * (queues[i] - 1) / 2 : queues[i] * queues[j];
      if (pairs > 0) reason.distance = std::max(reason.distance, distances[i][j]);
      reason.pair_distance_sum += pairs * distances[i][j];
    }
  }
  reason.distance_sum = reason.pair_distance_sum;
}

void AddTarget(Reason& reason, const Inventory& inventory, const Tuple& tuple, const Target& target) {
  reason.distance = 0;
  reason.distance_sum = 0;
  for (const auto* candidate : tuple) {
    const int distance = DistanceTo(inventory, *candidate->function, target);
    reason.distance = std::max(reason.distance, distance);
    reason.distance_sum += distance;
    reason.unknown_locality = reason.unknown_locality || distance >= kUnknownDistance;
  }
  if (target.domain != nullptr) reason.domain = target.domain->id;
}

void AddFigures(Reason& reason, const Inventory& inventory, const Tuple& tuple, const MemoryDomain& domain) {
  bool all_latencies = true;
  bool all_bandwidths = true;
  for (const auto* candidate : tuple) {
    const auto* affinity = FindAffinity(inventory, *candidate->function, domain);
    all_latencies = all_latencies && affinity != nullptr && affinity->latency_ns;
    all_bandwidths = all_bandwidths && affinity != nullptr && affinity->bandwidth_mbps;
    if (all_latencies) reason.latency_ns = std::max(reason.latency_ns.value_or(0), *affinity->latency_ns);
    if (all_bandwidths) {
      const int known = reason.bandwidth_mbps.value_or(*affinity->bandwidth_mbps);
      reason.bandwidth_mbps = std::min(known, *affinity->bandwidth_mbps);
    }
  }
  if (!all_latencies) reason.latency_ns.reset();
  if (!all_bandwidths) reason.bandwidth_mbps.reset();
}

void AddLink(Reason& reason, const LinkFound& link) {
  reason.strength = std::max(reason.strength.value_or(link.strength), link.strength);
  reason.assumed = reason.assumed || link.assumed;
}

// Each queue of a want to each of the next.
void AddLinks(Reason& reason, const Inventory& inventory, const Query& query, const Tuple& tuple) {
  std::size_t from = 0;
  for (std::size_t want = 0; want + 1 < query.wants.size(); ++want) {
    const auto to = from + static_cast<std::size_t>(query.wants[want].count);
    const auto end = to + static_cast<std::size_t>(query.wants[want + 1].count);
    for (auto i = from; i < to; ++i) {
      for (auto j = to; j < end; ++j) {
        const auto link = FindLink(inventory, *tuple[i]->function, *tuple[j]->function, query.relation.strength);
        if (link) AddLink(reason, *link);
      }
    }
    from = to;
  }
}

}  // namespace

Reason Explain(const Inventory& inventory, const Query& query, const std::vector<const Candidate*>& tuple,
               const std::optional<Target>& target) {
  Reason reason;
  reason.unknown_locality = std::any_of(tuple.begin(), tuple.end(),
                                        [](const Candidate* candidate) { return !candidate->function->numa; });
  AddPairs(reason, inventory, tuple);
  if (target) AddTarget(reason, inventory, tuple, *target);
  if (target && target->domain != nullptr) AddFigures(reason, inventory, tuple, *target->domain);
  if (query.relation.kind == Relation::Kind::kChained) AddLinks(reason, inventory, query, tuple);
  return reason;
}

}  // namespace nacelle

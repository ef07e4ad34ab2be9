// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/card_links.h"

#include <algorithm>
#include <set>
#include <string>
#include <tuple>
#include <utility>

namespace nacelle {

std::vector<MemoryDomain> BuildCardDomains(const std::vector<CardFacts>& cards) {
  std::vector<MemoryDomain> domains;
  for (const auto& facts : cards) {
    if (!facts.memory) continue;
    MemoryDomain domain;
    domain.id = std::string(Name(facts.memory->kind)) + "-" + facts.card;
    domain.kind = facts.memory->kind;
    domain.decided_by = facts.memory_rule;
    domain.capacity_bytes = facts.memory->bytes;
    domain.card = facts.card;
    domains.push_back(std::move(domain));
  }
  std::sort(domains.begin(), domains.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  return domains;
}

std::vector<Link> BuildCardLinks(const SharedList<Function>& functions, const std::vector<CardFacts>& cards) {
  std::set<std::string> shared;  // functions with queues to chain among themselves
  for (const auto& function : functions) {
    if (function.queues.size() > 1) shared.insert(function.id);
  }
  std::vector<Link> links;
  for (const auto& facts : cards) {
    for (const auto& from : facts.chained) {
      for (const auto& to : facts.chained) {
        if (from != to || shared.contains(from)) links.push_back({from, to, LinkStrength::kOnCard, false});
      }
    }
  }
  std::sort(links.begin(), links.end(),
            [](const Link& a, const Link& b) { return std::tie(a.from, a.to) < std::tie(b.from, b.to); });
  return links;
}

}  // namespace nacelle

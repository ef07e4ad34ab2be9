// SPDX-License-Identifier: Apache-2.0
#include "core/select/candidates.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace nacelle {
namespace {

bool HasOperation(const Function& function, std::string_view operation) {
  return std::find(function.operations.begin(), function.operations.end(), operation) != function.operations.end();
}

// Absent: unknown.
std::optional<std::string> ValueOf(const Function& function, FilterKey key) {
  const auto known = [](const std::string& text) { return text.empty() ? std::nullopt : std::optional(text); };
  switch (key) {
    case FilterKey::kFamily: return known(function.family);
    case FilterKey::kInterface: return known(function.interface);
    case FilterKey::kFunction: return known(function.id);
    case FilterKey::kCard: return known(function.card);
    case FilterKey::kNuma: return function.numa ? std::optional(std::to_string(*function.numa)) : std::nullopt;
    case FilterKey::kAccess:
      if (function.access == MemoryAccess::kUnknown) return std::nullopt;
      return std::string(Name(function.access));
    case FilterKey::kOperation: return std::nullopt;
  }
  return std::nullopt;
}

int FreeShares(const Usage& usage, const Queue& queue) {
  const auto used = usage.find(queue.id);
  return used == usage.end() ? 1 : std::max(0, used->second.shares - used->second.held);
}

Mark MarkOf(const Function& function, const Queue& queue, int free_shares) {
  if (!function.health.healthy || !queue.health.healthy) return Mark::kUnhealthy;
  return free_shares == 0 ? Mark::kHeld : Mark::kNone;
}

unsigned WantsOf(const Function& function, const Query& query) {
  unsigned wants = 0;
  for (std::size_t i = 0; i < query.wants.size(); ++i) {
    if (Serves(function, query.wants[i])) wants |= 1U << i;
  }
  return wants;
}

}  // namespace

std::string_view Name(Mark mark) {
  switch (mark) {
    case Mark::kNone: return {};
    case Mark::kHeld: return "held";
    case Mark::kUnhealthy: return "unhealthy";
  }
  return {};
}

bool Passes(const Function& function, const Filter& filter) {
  if (filter.key == FilterKey::kOperation) return HasOperation(function, filter.value) == filter.equal;
  const auto value = ValueOf(function, filter.key);
  return value && (*value == filter.value) == filter.equal;
}

bool Serves(const Function& function, const Want& want) {
  return HasOperation(function, want.operation) &&
         std::all_of(want.filters.begin(), want.filters.end(),
                     [&](const Filter& filter) { return Passes(function, filter); });
}

bool IsOpenable(const Queue& queue) { return !queue.nodes.empty(); }

std::vector<Candidate> FindCandidates(const Inventory& inventory, const Query& query,
                                      const CandidateOptions& options) {
  std::vector<Candidate> candidates;
  for (const auto& function : inventory.functions) {
    const unsigned wants = WantsOf(function, query);
    if (wants == 0) continue;
    for (const auto& queue : function.queues) {
      if (!IsOpenable(queue) || options.excluded.contains(queue.id)) continue;
      const int free_shares = FreeShares(options.usage, queue);
      const Mark mark = MarkOf(function, queue, free_shares);
      if (mark != Mark::kNone && !options.all) continue;
      candidates.push_back({&function, &queue, wants, free_shares, mark});
    }
  }
  std::sort(candidates.begin(), candidates.end(),
            [](const Candidate& a, const Candidate& b) { return a.queue->id < b.queue->id; });
  return candidates;
}

}  // namespace nacelle

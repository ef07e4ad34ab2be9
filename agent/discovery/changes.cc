// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/changes.h"

#include <algorithm>

namespace nacelle {
namespace {

void AddHealth(const Queue& queue, const Health& before, const Health& now, std::vector<Change>& changes) {
  if (before == now) return;
  const auto kind = now.healthy ? Change::Kind::kHealthy : Change::Kind::kUnhealthy;
  changes.push_back({kind, queue.id, now.reason});
}

// A queue that was not there was well.
Health HealthOf(const Function& function, const std::string& id) {
  for (const auto& queue : function.queues) {
    if (queue.id == id) return EffectiveHealth({&function, &queue});
  }
  return {};
}

// While a region is being programmed nothing is known.
std::string Named(const Contents& contents) {
  return contents.id.empty() ? "unknown" : contents.id + " (generation " + std::to_string(contents.generation) + ")";
}

void AddContents(const Function& before, const Function& now, std::vector<Change>& changes) {
  if (!before.contents || !now.contents || *before.contents == *now.contents) return;
  changes.push_back({Change::Kind::kContents, now.id, Named(*before.contents) + " -> " + Named(*now.contents)});
}

void AddFunction(const Inventory& before, const Function& function, std::vector<Change>& changes) {
  const auto* earlier = FindFunction(before, function.id);
  if (earlier == nullptr) changes.push_back({Change::Kind::kAppeared, function.id, {}});
  if (earlier != nullptr) AddContents(*earlier, function, changes);
  for (const auto& queue : function.queues) {
    AddHealth(queue, earlier != nullptr ? HealthOf(*earlier, queue.id) : Health{}, EffectiveHealth({&function, &queue}),
              changes);
  }
}

}  // namespace

std::vector<Change> Compare(const Inventory& before, const Inventory& now) {
  std::vector<Change> changes;
  for (const auto& function : before.functions) {
    if (FindFunction(now, function.id) == nullptr) {
      changes.push_back({Change::Kind::kVanished, function.id, {}});
    }
  }
  for (const auto& function : now.functions) AddFunction(before, function, changes);
  for (const auto& problem : now.problems) {
    const auto& old = before.problems;
    if (std::find(old.begin(), old.end(), problem) == old.end()) {
      changes.push_back({Change::Kind::kProblem, problem.object, problem.message});
    }
  }
  return changes;
}

}  // namespace nacelle

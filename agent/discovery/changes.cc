// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/changes.h"

#include <algorithm>

#include "core/base/join.h"

namespace nacelle {
namespace {

void AddHealth(const std::string& id, const Health& before, const Health& now, std::vector<Change>& changes) {
  if (before == now) return;
  const auto kind = now.healthy ? Change::Kind::kHealthy : Change::Kind::kUnhealthy;
  changes.push_back({kind, id, now.reason});
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

std::string Named(const std::vector<std::string>& operations) { return operations.empty() ? "nothing" : Join(operations, ", "); }

void AddOperations(const Function& before, const Function& now, std::vector<Change>& changes) {
  if (before.operations == now.operations) return;
  changes.push_back({Change::Kind::kOperations, now.id, Named(before.operations) + " -> " + Named(now.operations)});
}

void AddFunction(const Function* earlier, const Function& function, std::vector<Change>& changes) {
  if (earlier == nullptr) changes.push_back({Change::Kind::kAppeared, function.id, {}});
  if (earlier != nullptr) AddContents(*earlier, function, changes);
  if (earlier != nullptr) AddOperations(*earlier, function, changes);
  // One that has none now is shown with its reason.
  if (function.queues.empty()) AddHealth(function.id, earlier != nullptr ? earlier->health : Health{}, function.health, changes);
  for (const auto& queue : function.queues) {
    AddHealth(queue.id, earlier != nullptr ? HealthOf(*earlier, queue.id) : Health{}, EffectiveHealth({&function, &queue}),
              changes);
  }
}

// Both are sorted by id. What they share has not changed.
void AddFunctions(const SharedList<Function>& before, const SharedList<Function>& now, std::vector<Change>& changes) {
  for (std::size_t b = 0, n = 0; b < before.size() || n < now.size();) {
    if (n == now.size() || (b < before.size() && before[b].id < now[n].id)) {
      changes.push_back({Change::Kind::kVanished, before[b++].id, {}});
    } else if (b == before.size() || now[n].id < before[b].id) {
      AddFunction(nullptr, now[n++], changes);
    } else {
      if (before.shared(b) != now.shared(n)) AddFunction(&before[b], now[n], changes);
      ++b, ++n;
    }
  }
}

}  // namespace

std::vector<Change> Compare(const Inventory& before, const Inventory& now) {
  std::vector<Change> changes;
  AddFunctions(before.functions, now.functions, changes);
  for (const auto& problem : now.problems) {
    const auto& old = before.problems;
    if (std::find(old.begin(), old.end(), problem) == old.end()) {
      changes.push_back({Change::Kind::kProblem, problem.object, problem.message});
    }
  }
  return changes;
}

}  // namespace nacelle

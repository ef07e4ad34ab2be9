// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// What an operator wants to know of the step from one inventory to the next.
struct Change {
  enum class Kind { kAppeared, kVanished, kHealthy, kUnhealthy, kContents, kOperations, kProblem };
  Kind kind = Kind::kAppeared;
  std::string object;  // id of a function or queue, or what a problem is about
  std::string reason;  // empty where the kind says all

  bool operator==(const Change&) const = default;
};

// Functions that came and went, were programmed anew or compute something else; queues, and
// functions without any, whose health changed; new problems.
std::vector<Change> Compare(const Inventory& before, const Inventory& now);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/inventory.h"
#include "core/select/query.h"

namespace nacelle {

// How a queue is divided, and how much of it is held.
struct QueueUsage {
  int shares = 1;
  int held = 0;

  bool operator==(const QueueUsage&) const = default;
};

// By queue id. A queue that is absent has one share, and that is free.
using Usage = std::map<std::string, QueueUsage, std::less<>>;

// Why a queue would not do without CandidateOptions::all.
enum class Mark { kNone, kHeld, kUnhealthy };
std::string_view Name(Mark mark);  // empty for none

struct CandidateOptions {
  Usage usage;                     // empty: everything is free
  bool all = false;                // also held and unhealthy queues, marked
  std::set<std::string, std::less<>> excluded;  // queues that are not to be had
};

// A queue that at least one want of a query can take.
struct Candidate {
  const Function* function = nullptr;
  const Queue* queue = nullptr;
  unsigned wants = 0;  // bit i: the i-th want of the query
  int free_shares = 0;
  Mark mark = Mark::kNone;
};

// Whether a filter lets a function pass.
bool Passes(const Function& function, const Filter& filter);

// Whether a function has the operation and passes all filters.
bool Serves(const Function& function, const Want& want);

// Whether user space can open a queue.
bool IsOpenable(const Queue& queue);

// By queue id. They point into `inventory`.
std::vector<Candidate> FindCandidates(const Inventory& inventory, const Query& query,
                                      const CandidateOptions& options);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/select/find.h"
#include "core/select/query.h"
#include "tools/kubectl-nacelle/cluster_view.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

// What a pod asks for to get queues.
struct Door {
  std::string resource;
  std::string through;      // as in crd::NodeOffer
  std::int64_t free = 0;    // of its devices
  std::int64_t asked = 1;   // devices that are needed of it

  bool operator==(const Door&) const = default;
};

// How sure a pod gets the queues of an answer; surest first.
enum class Way {
  kExact,    // by one device that has just these, or by a claim that asks as the query does
  kChosen,   // by devices that the kubelet chooses one by one
  kUnknown,  // the object was too large to say which devices offers have
};

// The best answer of one node to a query, as it is now: of queues that pods can get.
struct NodeAnswer {
  std::string node;
  FindResult result;  // at most one answer
  Way way = Way::kUnknown;
  std::vector<Door> doors = {};  // by resource
  long free_shares = 0;  // of its queues together
  Fitness fitness = {};  // as far as that was asked
  bool complete = true;  // false: the object is too large to say all that the query asks about

  bool operator==(const NodeAnswer&) const = default;
};

NodeAnswer AnswerOf(const NodeView& node, const Query& query);

// Whether the first is the better one; both have an answer.
bool IsBetter(const NodeAnswer& a, const NodeAnswer& b);

// Nothing of that node is an answer, for a reason that is not in its queues.
NodeAnswer MissOf(const std::string& node, const Query& query, std::string why);

}  // namespace nacelle::kubectl

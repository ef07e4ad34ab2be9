// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/json/value.h"
#include "core/select/query.h"
#include "tools/kubectl-nacelle/node_answer.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

struct ClusterAnswer {
  std::vector<NodeAnswer> answers;  // one a node that can, best first
  std::vector<NodeAnswer> misses;   // the other nodes, by name
  bool all_are_ready = false;       // whether that was asked of all that can
  bool may_not_ask = false;         // this person may not list nodes: it was asked of none
};

// Puts a query to one node after the other, as they are now: what is held counts as
// held. Keeps their answers only, so that a large cluster is never in memory as a whole.
// `near cpu:N` cannot be answered, as the objects do not say where CPUs are.
class ClusterSearch {
 public:
  // The query outlives it.
  explicit ClusterSearch(const Query& query) : query_(query) {}

  void Ask(const NodeView& node);
  ClusterAnswer Finish() &&;

 private:
  const Query& query_;
  ClusterAnswer found_;
};

// The nodes of the first `count` answers.
std::vector<std::string> FirstNodes(const ClusterAnswer& answer, std::size_t count);

// Of the first `asked` answers it is known whether their nodes start pods: those that do
// not, or are gone, are misses, with the reason.
ClusterAnswer WithFitness(ClusterAnswer answer, const Query& query, std::size_t asked, const std::map<std::string, Fitness>& fitness);

// The same for all at once.
ClusterAnswer FindInCluster(const std::vector<NodeView>& nodes, const Query& query);

// The first `limit` answers; when there are none, why, and the nodes that come
// closest; and of which nodes that is not all, as their objects are too large.
std::string FormatClusterAnswer(const Query& query, const ClusterAnswer& answer, std::size_t limit);
// Each answer as `nacelle-agent find -o json` has it, its node, and the offers.
json::Object DescribeClusterAnswer(std::string_view text, const ClusterAnswer& answer, std::size_t limit);

}  // namespace nacelle::kubectl

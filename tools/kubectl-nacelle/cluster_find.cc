// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_find.h"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "core/describe/aligned_rows.h"
#include "core/describe/answers_json.h"
#include "core/describe/answers_table.h"

namespace nacelle::kubectl {
namespace {

// As answers of one node are ordered: strongest weakest link, then least
// distance, then least sum over the pairs; then the node's name.
auto Rank(const NodeAnswer& answer) {
  const auto& reason = answer.result.answers.front().reason;
  const int weakness = reason.strength ? static_cast<int>(*reason.strength) : 0;
  return std::tuple(weakness, reason.distance_sum, reason.pair_distance_sum, std::string_view(answer.node));
}

// How many nodes miss the same part for the same reason; most first.
std::string FormatMisses(const std::vector<NodeAnswer>& misses) {
  std::map<std::string, std::vector<std::string>> nodes;
  for (const auto& [node, result] : misses) {
    if (result.miss) nodes[result.miss->part + ": " + result.miss->message].push_back(node);
  }
  std::vector<std::pair<std::string, std::vector<std::string>>> sorted(nodes.begin(), nodes.end());
  std::stable_sort(sorted.begin(), sorted.end(), [](const auto& a, const auto& b) { return a.second.size() > b.second.size(); });
  std::string text;
  for (const auto& [why, names] : sorted) {
    const auto count = names.size() == 1 ? names.front() : std::to_string(names.size()) + " nodes (" + names.front() + ", …)";
    text += "  " + count + ": " + why + "\n";
  }
  return text;
}

std::string FormatClosest(const std::vector<NodeAnswer>& misses) {
  for (const auto& [node, result] : misses) {
    if (result.miss && result.miss->closest_query) return "Closest, on " + node + ": " + Print(*result.miss->closest_query) + "\n";
  }
  return {};
}

}  // namespace

ClusterAnswer FindInCluster(const std::vector<NodeView>& nodes, const Query& query) {
  ClusterAnswer found;
  FindOptions options;
  options.limit = 1;
  for (const auto& node : nodes) {
    options.candidates.usage = node.usage;
    NodeAnswer answer{node.object.meta.name, Find(node.inventory, query, options)};
    auto& list = answer.result.answers.empty() ? found.misses : found.answers;
    list.push_back(std::move(answer));
  }
  std::sort(found.answers.begin(), found.answers.end(), [](const auto& a, const auto& b) { return Rank(a) < Rank(b); });
  return found;
}

std::string FormatClusterAnswer(const Query& query, const ClusterAnswer& answer, std::size_t limit) {
  if (answer.answers.empty()) {
    return "No node answers: " + Print(query) + "\n" + FormatMisses(answer.misses) + FormatClosest(answer.misses);
  }
  std::vector<Row> rows = {{"", "NODE", "QUEUES", "REASON"}};
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    const auto& [node, result] = answer.answers[i];
    rows.push_back({std::to_string(i + 1), node, FormatQueues(query, result.answers.front()), FormatReason(query, result.answers.front())});
  }
  auto text = AlignRows(rows);
  const auto all = answer.answers.size() + answer.misses.size();
  return text + std::to_string(answer.answers.size()) + " of " + std::to_string(all) + " nodes can.\n";
}

json::Object DescribeClusterAnswer(std::string_view text, const ClusterAnswer& answer, std::size_t limit) {
  json::Array answers;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    json::Object one{{"node", answer.answers[i].node}};
    const auto described = DescribeAnswers(text, answer.answers[i].result);
    const auto& first = described.Find("answers")->AsArray()->front();
    for (const auto& [name, value] : first.AsObject()->members()) one.Set(name, value);
    answers.push_back(std::move(one));
  }
  json::Array misses;
  for (const auto& [node, result] : answer.misses) {
    json::Object one{{"node", node}};
    const auto described = DescribeAnswers(text, result);
    if (const auto* miss = described.Find("miss")) one.Set("miss", *miss);
    misses.push_back(std::move(one));
  }
  return {{"version", 1}, {"query", text}, {"answers", std::move(answers)}, {"misses", std::move(misses)}};
}

}  // namespace nacelle::kubectl

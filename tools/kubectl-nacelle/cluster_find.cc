// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_find.h"

#include <algorithm>
#include <map>
#include <utility>

#include "core/base/join.h"
#include "core/describe/aligned_rows.h"
#include "core/describe/answers_json.h"
#include "core/describe/answers_table.h"

namespace nacelle::kubectl {
namespace {

std::string FormatDoor(const Door& door) {
  const auto count = door.asked == 1 ? std::string() : std::to_string(door.asked) + ' ';
  return count + door.resource + " (" + std::to_string(door.free) + " free" + (door.through == "dra" ? ", by claim)" : ")");
}

std::string FormatDoors(const NodeAnswer& answer) {
  if (answer.way == Way::kUnknown) return "not known, left out";
  std::string text;
  for (const auto& door : answer.doors) text += (text.empty() ? "" : " + ") + FormatDoor(door);
  return text + (answer.way == Way::kChosen ? " *" : "");
}

json::Value DescribeDoor(const Door& door) {
  return json::Object{{"resource", door.resource}, {"through", door.through}, {"free", door.free}, {"asked", door.asked}};
}

// Of one device that has just these queues.
json::Value DescribeOneDoor(const NodeAnswer& answer) {
  if (answer.way != Way::kExact || answer.doors.size() != 1 || answer.doors.front().asked != 1) return {};
  const auto& door = answer.doors.front();
  return json::Object{{"resource", door.resource}, {"through", door.through}, {"free", door.free}};
}

json::Array DescribeDoors(const NodeAnswer& answer) {
  json::Array doors;
  for (const auto& door : answer.doors) doors.push_back(DescribeDoor(door));
  return doors;
}

constexpr std::string_view kChosenNote =
    "*: a pod can ask for these together, and the kubelet chooses each by itself: just these queues together need a bundle, or offers through dra and a claim.\n";

// Said where it might change the answer.
std::string FormatIncomplete(const ClusterAnswer& answer) {
  std::vector<std::string_view> nodes;
  for (const auto* list : {&answer.answers, &answer.misses}) {
    for (const auto& one : *list) {
      if (!one.complete) nodes.push_back(one.node);
    }
  }
  if (nodes.empty()) return {};
  const auto names = std::string(nodes.front()) + (nodes.size() == 1 ? "" : ", …");
  return "Not complete: " + std::to_string(nodes.size()) + (nodes.size() == 1 ? " node (" : " nodes (") + names +
         ") too large for one object may have more or better answers; nacelle-agent find in the pod of its agent knows.\n";
}

// How many nodes miss the same part for the same reason; most first.
std::string FormatMisses(const std::vector<NodeAnswer>& misses) {
  std::map<std::string, std::vector<std::string>> nodes;
  for (const auto& missed : misses) {
    if (const auto& miss = missed.result.miss) nodes[miss->part + ": " + miss->message].push_back(missed.node);
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
  for (const auto& missed : misses) {
    const auto& miss = missed.result.miss;
    if (miss && miss->closest_query) return "Closest, on " + missed.node + ": " + Print(*miss->closest_query) + "\n";
  }
  return {};
}

std::string_view Unasked(const ClusterAnswer& answer, std::size_t limit) {
  if (answer.may_not_ask) return " Whether they are ready was not asked: you may not list nodes.";
  if (answer.all_are_ready || answer.answers.size() <= limit) return "";
  return " Of those that are not shown it was not asked whether they are ready.";
}

// The taints of the answers that are shown, each with its nodes.
std::string FormatTaints(const ClusterAnswer& answer, std::size_t limit) {
  std::map<std::string, std::vector<std::string>> nodes;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    for (const auto& taint : answer.answers[i].fitness.taints) nodes[taint].push_back(answer.answers[i].node);
  }
  std::string text;
  for (const auto& [taint, names] : nodes) text += "A pod must tolerate " + taint + " on " + Join(names, ", ") + ".\n";
  return text;
}

void SortByNode(std::vector<NodeAnswer>& answers) {
  std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
}

}  // namespace

void ClusterSearch::Ask(const NodeView& node) {
  auto answer = AnswerOf(node, query_);
  auto& list = answer.result.answers.empty() ? found_.misses : found_.answers;
  list.push_back(std::move(answer));
}

ClusterAnswer ClusterSearch::Finish() && {
  std::sort(found_.answers.begin(), found_.answers.end(), IsBetter);
  SortByNode(found_.misses);
  return std::move(found_);
}

std::vector<std::string> FirstNodes(const ClusterAnswer& answer, std::size_t count) {
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < answer.answers.size() && i < count; ++i) nodes.push_back(answer.answers[i].node);
  return nodes;
}

ClusterAnswer WithFitness(ClusterAnswer answer, const Query& query, std::size_t asked, const std::map<std::string, Fitness>& fitness) {
  ClusterAnswer fit = std::move(answer);
  auto all = std::exchange(fit.answers, {});
  for (std::size_t i = 0; i < all.size(); ++i) {
    auto& one = all[i];
    const auto known = fitness.find(one.node);
    if (i < asked) one.fitness = known == fitness.end() ? Fitness{.unfit = "the node is gone"} : known->second;
    if (one.fitness.unfit.empty()) fit.answers.push_back(std::move(one));
    else fit.misses.push_back(MissOf(one.node, query, one.fitness.unfit));
  }
  SortByNode(fit.misses);
  return fit;
}

ClusterAnswer FindInCluster(const std::vector<NodeView>& nodes, const Query& query) {
  ClusterSearch search(query);
  for (const auto& node : nodes) search.Ask(node);
  return std::move(search).Finish();
}

std::string FormatClusterAnswer(const Query& query, const ClusterAnswer& answer, std::size_t limit) {
  if (answer.answers.empty()) {
    return "No node answers: " + Print(query) + "\n" + FormatMisses(answer.misses) + FormatClosest(answer.misses) + FormatIncomplete(answer);
  }
  std::vector<Row> rows = {{"", "NODE", "QUEUES", "OFFERED AS", "REASON"}};
  bool chosen = false;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    const auto& one = answer.answers[i];
    const auto& best = one.result.answers.front();
    chosen |= one.way == Way::kChosen;
    rows.push_back({std::to_string(i + 1), one.node, FormatQueues(query, best), FormatDoors(one), FormatReason(query, best)});
  }
  const auto all = answer.answers.size() + answer.misses.size();
  return AlignRows(rows) + std::to_string(answer.answers.size()) + " of " + std::to_string(all) + " nodes can." + std::string(Unasked(answer, limit)) + "\n" +
         FormatTaints(answer, limit) + std::string(chosen ? kChosenNote : "") + FormatIncomplete(answer);
}

json::Object DescribeClusterAnswer(std::string_view text, const ClusterAnswer& answer, std::size_t limit) {
  json::Array answers;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    json::Object one{{"node", answer.answers[i].node}};
    const auto described = DescribeAnswers(text, answer.answers[i].result);
    const auto& first = described.Find("answers")->AsArray()->front();
    for (const auto& [name, value] : first.AsObject()->members()) one.Set(name, value);
    one.Set("offer", DescribeOneDoor(answer.answers[i]));
    one.Set("offers", DescribeDoors(answer.answers[i]));
    if (const auto& taints = answer.answers[i].fitness.taints; !taints.empty()) one.Set("taints", json::Array(taints.begin(), taints.end()));
    if (!answer.answers[i].complete) one.Set("left_out", true);
    answers.push_back(std::move(one));
  }
  json::Array misses;
  for (const auto& missed : answer.misses) {
    json::Object one{{"node", missed.node}};
    const auto described = DescribeAnswers(text, missed.result);
    if (const auto* miss = described.Find("miss")) one.Set("miss", *miss);
    if (!missed.complete) one.Set("left_out", true);
    misses.push_back(std::move(one));
  }
  json::Object out{{"version", 1}, {"query", text}, {"answers", std::move(answers)}, {"misses", std::move(misses)}};
  if (answer.may_not_ask) out.Set("readiness_asked", false);
  return out;
}

}  // namespace nacelle::kubectl

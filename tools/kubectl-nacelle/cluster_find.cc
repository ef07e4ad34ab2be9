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

std::vector<std::string> Sorted(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<Door> DoorTo(const NodeView& node, const std::vector<std::string>& queues) {
  const auto wanted = Sorted(queues);
  for (const auto& offer : node.object.status.offers) {
    const bool gives = std::any_of(offer.members.begin(), offer.members.end(), [&](const auto& member) { return Sorted(QueuesOf(member)) == wanted; });
    if (gives) return Door{offer.resource, offer.through, offer.free};
  }
  return std::nullopt;
}

// Offers of which the object does not say which devices they have.
std::vector<const crd::NodeOffer*> WithoutMembers(const NodeView& node) {
  std::vector<const crd::NodeOffer*> offers;
  for (const auto& offer : node.object.status.offers) {
    if (!node.object.status.truncated.empty() && offer.devices > 0 && offer.members.empty()) offers.push_back(&offer);
  }
  return offers;
}

std::string FormatDoor(const NodeAnswer& answer) {
  const auto& door = answer.door;
  if (!door) return answer.left_out ? "not known, left out" : "-";
  return door->resource + " (" + std::to_string(door->free) + " free" + (door->through == "dra" ? ", by claim)" : ")");
}

json::Value DescribeDoor(const std::optional<Door>& door) {
  if (!door) return {};
  return json::Object{{"resource", door->resource}, {"through", door->through}, {"free", door->free}};
}

constexpr std::string_view kNoDoor =
    "-: no resource has just these queues as one device; a claim can ask for them (kubectl nacelle claim), or a policy can offer them.\n";

// How many nodes miss the same part for the same reason; most first.
std::string FormatMisses(const std::vector<NodeAnswer>& misses) {
  std::map<std::string, std::vector<std::string>> nodes;
  for (const auto& [node, result, door, left_out] : misses) {
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
  for (const auto& [node, result, door, left_out] : misses) {
    if (result.miss && result.miss->closest_query) return "Closest, on " + node + ": " + Print(*result.miss->closest_query) + "\n";
  }
  return {};
}

// Why a node cannot, whatever it has.
std::optional<std::string> WhyNot(const NodeView& node) {
  const auto offers = WithoutMembers(node);
  const bool all_held = std::all_of(offers.begin(), offers.end(), [](const auto* offer) { return offer->free == 0; });
  if (offers.empty() || !all_held) return std::nullopt;
  return "all devices are held, as far as its object says, which was too large to say it of each";
}

NodeAnswer MissOf(const std::string& node, const Query& query, std::string why) {
  return {node, {.miss = Miss{.part = Print(query), .message = std::move(why)}}};
}

void SortByNode(std::vector<NodeAnswer>& answers) {
  std::sort(answers.begin(), answers.end(), [](const auto& a, const auto& b) { return a.node < b.node; });
}

}  // namespace

void ClusterSearch::Ask(const NodeView& node) {
  if (auto why = WhyNot(node)) {
    found_.misses.push_back(MissOf(node.object.meta.name, query_, *std::move(why)));
    return;
  }
  FindOptions options;
  options.limit = 1;
  options.candidates.usage = node.usage;
  NodeAnswer answer{node.object.meta.name, Find(node.inventory, query_, options)};
  if (!answer.result.answers.empty()) answer.door = DoorTo(node, answer.result.answers.front().queues);
  answer.left_out = !WithoutMembers(node).empty();
  auto& list = answer.result.answers.empty() ? found_.misses : found_.answers;
  list.push_back(std::move(answer));
}

ClusterAnswer ClusterSearch::Finish() && {
  std::sort(found_.answers.begin(), found_.answers.end(), [](const auto& a, const auto& b) { return Rank(a) < Rank(b); });
  SortByNode(found_.misses);
  return std::move(found_);
}

std::vector<std::string> ShownNodes(const ClusterAnswer& answer, std::size_t limit) {
  std::vector<std::string> nodes;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) nodes.push_back(answer.answers[i].node);
  return nodes;
}

ClusterAnswer WithoutUnfit(ClusterAnswer answer, const Query& query, const std::map<std::string, std::string>& unfit) {
  std::erase_if(answer.answers, [&](const NodeAnswer& one) {
    const auto why = unfit.find(one.node);
    if (why == unfit.end()) return false;
    answer.misses.push_back(MissOf(one.node, query, why->second));
    return true;
  });
  SortByNode(answer.misses);
  return answer;
}

ClusterAnswer FindInCluster(const std::vector<NodeView>& nodes, const Query& query) {
  ClusterSearch search(query);
  for (const auto& node : nodes) search.Ask(node);
  return std::move(search).Finish();
}

std::string FormatClusterAnswer(const Query& query, const ClusterAnswer& answer, std::size_t limit) {
  if (answer.answers.empty()) {
    return "No node answers: " + Print(query) + "\n" + FormatMisses(answer.misses) + FormatClosest(answer.misses);
  }
  std::vector<Row> rows = {{"", "NODE", "QUEUES", "OFFERED AS", "REASON"}};
  bool doors = true;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    const auto& [node, result, door, left_out] = answer.answers[i];
    doors &= door.has_value() || left_out;
    rows.push_back({std::to_string(i + 1), node, FormatQueues(query, result.answers.front()), FormatDoor(answer.answers[i]), FormatReason(query, result.answers.front())});
  }
  auto text = AlignRows(rows);
  const auto all = answer.answers.size() + answer.misses.size();
  const std::string_view unasked = answer.all_are_ready || answer.answers.size() <= limit ? "" : " Of those that are not shown it was not asked whether they are ready.";
  return text + std::to_string(answer.answers.size()) + " of " + std::to_string(all) + " nodes can." + std::string(unasked) + "\n" +
         std::string(doors ? "" : kNoDoor);
}

json::Object DescribeClusterAnswer(std::string_view text, const ClusterAnswer& answer, std::size_t limit) {
  json::Array answers;
  for (std::size_t i = 0; i < answer.answers.size() && i < limit; ++i) {
    json::Object one{{"node", answer.answers[i].node}};
    const auto described = DescribeAnswers(text, answer.answers[i].result);
    const auto& first = described.Find("answers")->AsArray()->front();
    for (const auto& [name, value] : first.AsObject()->members()) one.Set(name, value);
    one.Set("offer", DescribeDoor(answer.answers[i].door));
    if (answer.answers[i].left_out) one.Set("left_out", true);
    answers.push_back(std::move(one));
  }
  json::Array misses;
  for (const auto& [node, result, door, left_out] : answer.misses) {
    json::Object one{{"node", node}};
    const auto described = DescribeAnswers(text, result);
    if (const auto* miss = described.Find("miss")) one.Set("miss", *miss);
    misses.push_back(std::move(one));
  }
  return {{"version", 1}, {"query", text}, {"answers", std::move(answers)}, {"misses", std::move(misses)}};
}

}  // namespace nacelle::kubectl

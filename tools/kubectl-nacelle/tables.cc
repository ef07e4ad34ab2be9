// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/tables.h"

#include <algorithm>
#include <utility>

#include "core/base/join.h"
#include "core/describe/aligned_rows.h"
#include "core/describe/inventory_json.h"
#include "core/model/offer.h"

namespace nacelle::kubectl {
namespace {

std::string Joined(const std::vector<std::string>& words, const char* between = ",") {
  const auto text = Join(words, between);
  return text.empty() ? "-" : text;
}

// "sw-zip 1/2": held, of how many that are well.
std::string OffersOf(const NodeView& node) {
  std::vector<std::string> words;
  for (const auto& offer : node.object.status.offers) {
    words.push_back(ShortName(offer.resource) + ' ' + std::to_string(offer.held) + '/' + std::to_string(offer.healthy));
  }
  return Joined(words, ", ");
}

std::string PolicyOf(const NodeView& node) { return node.object.status.policy ? node.object.status.policy->name : "-"; }

bool Has(const std::vector<std::string>& list, const std::string& word) { return std::find(list.begin(), list.end(), word) != list.end(); }

json::Object DescribeHolder(const std::string& node, const crd::NodeHolding& holding) {
  return {{"node", node},           {"resource", holding.resource}, {"device", holding.device},
          {"namespace", holding.pod_namespace}, {"pod", holding.pod}, {"container", holding.container}};
}

std::string Near(const NodeView& node, const Function& function) {
  std::vector<std::string> words;
  for (const auto& affinity : AffinitiesOf(node.inventory, function)) {
    words.push_back(affinity.domain + " (" + std::to_string(affinity.distance) + ")");
  }
  return Joined(words, ", ");
}

// Lines on one offer that has a queue of the function: its devices and their holders.
std::string ExplainOffer(const NodeView& node, const crd::NodeOffer& offer, const Function& function) {
  std::string text;
  for (const auto& member : offer.members) {
    const auto queues = QueuesOf(member);
    const bool ours = std::any_of(function.queues.begin(), function.queues.end(),
                                  [&](const Queue& queue) { return Has(queues, queue.id); });
    if (!ours) continue;
    text += "  offered as  " + offer.resource + ", device " + member.id;
    if (member.shares > 1) text += ", in " + std::to_string(member.shares) + " shares";
    text += member.healthy ? "\n" : ", unhealthy: " + member.reason + "\n";
    for (const auto& holding : node.object.status.holdings) {
      if (holding.resource != offer.resource || !ShareNumber(member.id, holding.device)) continue;
      text += "  held by     " + (holding.pod.empty() ? "a claim" : PodOf(holding) + ", container " + holding.container) + "\n";
    }
  }
  return text;
}

std::string WhyNotOffered(const NodeView& node, const Function& function) {
  for (const auto& hidden : node.object.status.hidden) {
    if (hidden.object == function.id) return hidden.message;
  }
  if (function.queues.empty()) return function.access_note.empty() ? "it has no queue for programs" : function.access_note;
  return "no policy selects it";
}

std::string ExplainOn(const NodeView& node, const Function& function, Colour colour) {
  std::string text = function.id + " on node " + node.object.meta.name + "\n";
  text += "  health      " + FormatHealth(function, colour) + "\n";
  text += "  family      " + function.family + ", interface " + function.interface + (function.driver.empty() ? "" : ", driver " + function.driver) + "\n";
  text += "  computes    " + Joined(function.operations) + "\n";
  text += "  memory      " + std::string(Name(function.access)) + (function.access_note.empty() ? "" : ": " + function.access_note) + "\n";
  text += "  near        " + Near(node, function) + "\n";
  for (const auto& queue : function.queues) {
    std::vector<std::string> paths;
    for (const auto& device : queue.nodes) paths.push_back(device.path);
    text += "  queue       " + queue.id + "  " + Joined(paths) + "\n";
  }
  for (const auto& link : node.inventory.links) {
    if (link.from == function.id) text += "  chains to   " + link.to + ", " + std::string(Name(link.strength)) + (link.assumed ? " (assumed)" : "") + "\n";
  }
  std::string offers;
  for (const auto& offer : node.object.status.offers) offers += ExplainOffer(node, offer, function);
  if (!offers.empty()) return text + offers;
  auto why = WhyNotOffered(node, function);
  // The agent says it in a sentence of its own.
  constexpr std::string_view kSaid = "not offered: ";
  if (why.starts_with(kSaid)) why.erase(0, kSaid.size());
  return text + "  not offered " + why + "\n";
}

}  // namespace

std::string FormatNodes(const std::vector<NodeView>& nodes) {
  std::vector<Row> rows = {{"NODE", "FUNCTIONS", "UNHEALTHY", "PROBLEMS", "POLICY", "OFFERS (HELD/HEALTHY)"}};
  for (const auto& node : nodes) {
    const auto& summary = node.object.status.summary;
    rows.push_back({node.object.meta.name, std::to_string(summary.functions), std::to_string(summary.unhealthy),
                    std::to_string(summary.problems), PolicyOf(node), OffersOf(node)});
  }
  return AlignRows(rows);
}

json::Object DescribeNodes(const std::vector<NodeView>& nodes) {
  json::Array list;
  for (const auto& node : nodes) {
    const auto& status = node.object.status;
    json::Array offers;
    for (const auto& offer : status.offers) {
      offers.push_back(json::Object{{"resource", offer.resource}, {"through", offer.through}, {"devices", offer.devices},
                                    {"healthy", offer.healthy}, {"held", offer.held}});
    }
    list.push_back(json::Object{{"node", node.object.meta.name},
                                {"functions", status.summary.functions},
                                {"unhealthy", status.summary.unhealthy},
                                {"problems", status.summary.problems},
                                {"policy", status.policy ? json::Value(status.policy->name) : json::Value()},
                                {"offers", std::move(offers)}});
  }
  return {{"version", 1}, {"nodes", std::move(list)}};
}

std::string FormatFunctions(const std::vector<const NodeView*>& nodes, Colour colour) {
  std::vector<Row> rows = {{"NODE", "FUNCTION", "INTERFACE", "NUMA", "ACCESS", "OPERATIONS", "HEALTH"}};
  for (const auto* node : nodes) {
    for (const auto& function : node->inventory.functions) {
      rows.push_back({node->object.meta.name, function.id, function.interface, function.numa ? std::to_string(*function.numa) : "-",
                      std::string(Name(function.access)), Joined(function.operations), FormatHealth(function, colour)});
    }
  }
  return AlignRows(rows);
}

json::Object DescribeFunctions(const std::vector<const NodeView*>& nodes) {
  json::Array list;
  for (const auto* node : nodes) list.push_back(DescribeInventory(node->inventory));
  return {{"version", 1}, {"nodes", std::move(list)}};
}

std::string FormatHolders(const std::vector<const NodeView*>& nodes) {
  std::vector<Row> rows = {{"NODE", "RESOURCE", "DEVICE", "POD", "CONTAINER"}};
  for (const auto* node : nodes) {
    for (const auto& one : node->object.status.holdings) {
      if (one.pod.empty()) rows.push_back({node->object.meta.name, one.resource, one.device, "(a claim)", "-"});
      else rows.push_back({node->object.meta.name, one.resource, one.device, PodOf(one), one.container});
    }
  }
  return AlignRows(rows);
}

json::Object DescribeHolders(const std::vector<const NodeView*>& nodes) {
  json::Array list;
  for (const auto* node : nodes) {
    for (const auto& one : node->object.status.holdings) list.push_back(DescribeHolder(node->object.meta.name, one));
  }
  return {{"version", 1}, {"holders", std::move(list)}};
}

std::string Explain(const std::vector<NodeView>& nodes, std::string_view id, Colour colour) {
  std::string text;
  for (const auto& node : nodes) {
    if (const auto* function = FindFunction(node.inventory, id)) text += (text.empty() ? "" : "\n") + ExplainOn(node, *function, colour);
  }
  return text;
}

}  // namespace nacelle::kubectl

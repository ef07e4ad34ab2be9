// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/view.h"

#include <algorithm>
#include <set>

#include "core/describe/inventory_json.h"
#include "core/json/value.h"

namespace nacelle {
namespace {

using QueuesByFunction = std::map<std::string, std::map<std::string, GrantedQueue>>;

QueuesByFunction CollectQueues(const std::vector<Grant>& grants) {
  QueuesByFunction functions;
  for (const auto& grant : grants) {
    for (const auto& queue : grant.queues) {
      const auto [it, added] = functions[queue.function].emplace(queue.id, queue);
      if (!added) it->second.shares += queue.shares;
    }
  }
  return functions;
}

// All links that a grant shows, by folder of the view.
void AddLinks(const GrantedQueue& queue, View& view) {
  for (const auto& link : queue.links) view.links[ViewFolderName(link.directory)][link.name] = link.target;
  auto& numbers = view.links[ViewFolderName(kNodesByNumber)];
  for (const auto& node : queue.nodes) {
    if (!node.path.starts_with("/dev/")) continue;
    numbers[std::to_string(node.major) + ':' + std::to_string(node.minor)] = ".." + node.path.substr(4);
  }
}

json::Value DescribeGranted(const GrantedQueue& granted) {
  Queue queue;
  queue.id = granted.id;
  queue.nodes = granted.nodes;
  auto object = DescribeQueue(queue);
  object.Set("shares", granted.shares);
  return object;
}

json::Array DescribeFunctions(const Inventory& inventory, const QueuesByFunction& functions) {
  json::Array described;
  for (const auto& [id, granted] : functions) {
    const auto* function = FindFunction(inventory, id);
    if (function == nullptr) continue;
    json::Array queues;
    for (const auto& [queue_id, queue] : granted) queues.push_back(DescribeGranted(queue));
    described.push_back(DescribeFunction(inventory, *function, std::move(queues)));
  }
  return described;
}

json::Array DescribeLinks(const Inventory& inventory, const QueuesByFunction& functions) {
  json::Array links;
  for (const auto& link : inventory.links) {
    if (functions.contains(link.from) && functions.contains(link.to)) links.push_back(DescribeLink(link));
  }
  return links;
}

json::Value DescribeGrant(const Grant& grant) {
  std::set<std::string> functions;
  for (const auto& queue : grant.queues) functions.insert(queue.function);
  return json::Object{{"resource", grant.resource},
                      {"devices", json::Strings(grant.devices)},
                      {"functions", json::Strings({functions.begin(), functions.end()})}};
}

}  // namespace

View BuildView(const Inventory& inventory, const std::vector<Grant>& grants) {
  View view;
  json::Array described;
  auto sorted = grants;
  std::sort(sorted.begin(), sorted.end(), [](const Grant& a, const Grant& b) { return a.resource < b.resource; });
  for (const auto& grant : sorted) {
    described.push_back(DescribeGrant(grant));
    for (const auto& queue : grant.queues) AddLinks(queue, view);
  }
  const auto functions = CollectQueues(grants);
  view.description = json::WritePretty(json::Object{{"version", 1},
                                                    {"node", inventory.node},
                                                    {"grants", std::move(described)},
                                                    {"functions", DescribeFunctions(inventory, functions)},
                                                    {"links", DescribeLinks(inventory, functions)}});
  return view;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_json.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

namespace nacelle {
namespace {

json::Value OrNull(const std::optional<int>& number) {
  return number ? json::Value(*number) : json::Value();
}

void SetUnlessEmpty(json::Object& object, std::string_view name, const std::string& text) {
  if (!text.empty()) object.Set(name, text);
}

json::Object DescribeAffinity(const Inventory& inventory, const Affinity& affinity) {
  json::Object out;
  out.Set("domain", affinity.domain);
  if (const auto* domain = FindDomain(inventory, affinity.domain)) out.Set("kind", Name(domain->kind));
  out.Set("distance", affinity.distance);
  if (affinity.latency_ns) out.Set("latency_ns", *affinity.latency_ns);
  if (affinity.bandwidth_mbps) out.Set("bandwidth_mbps", *affinity.bandwidth_mbps);
  return out;
}

json::Array DescribeAffinities(const Inventory& inventory, const Function& function) {
  json::Array out;
  for (const auto& affinity : AffinitiesOf(inventory, function)) out.push_back(DescribeAffinity(inventory, affinity));
  return out;
}

void SetHealth(json::Object& object, const Health& health) {
  object.Set("health", health.healthy ? "healthy" : "unhealthy");
  SetUnlessEmpty(object, "reason", health.reason);
}

json::Object DescribeQueueWithHealth(const Queue& queue) {
  auto out = DescribeQueue(queue);
  out.Set("instances", OrNull(queue.instances));
  for (const auto& [name, figure] : queue.figures) out.Set(name, static_cast<std::int64_t>(figure));
  SetHealth(out, queue.health);
  return out;
}

json::Object DescribeContents(const Contents& contents) {
  json::Object out;
  out.Set("id", contents.id.empty() ? json::Value() : json::Value(contents.id));
  out.Set("generation", contents.generation);
  return out;
}

json::Object DescribeFully(const Inventory& inventory, const Function& function) {
  json::Array queues;
  for (const auto& queue : function.queues) queues.push_back(DescribeQueueWithHealth(queue));
  auto out = DescribeFunction(inventory, function, std::move(queues));
  SetUnlessEmpty(out, "access_note", function.access_note);
  SetHealth(out, function.health);
  out.Set("path", function.path);
  SetUnlessEmpty(out, "vendor", function.vendor);
  SetUnlessEmpty(out, "device", function.device);
  SetUnlessEmpty(out, "driver", function.driver);
  SetUnlessEmpty(out, "card", function.card);
  if (function.contents) out.Set("contents", DescribeContents(*function.contents));
  return out;
}

}  // namespace

json::Object DescribeQueue(const Queue& queue) {
  json::Array nodes;
  for (const auto& node : queue.nodes) nodes.emplace_back(node.path);
  return {{"id", queue.id}, {"nodes", std::move(nodes)}};
}

json::Object DescribeFunction(const Inventory& inventory, const Function& function,
                              json::Array queues) {
  json::Object out{{"id", function.id}, {"family", function.family}};
  SetUnlessEmpty(out, "name", function.name);
  out.Set("interface", function.interface);
  out.Set("api", function.api);
  out.Set("operations", json::Strings(function.operations));
  out.Set("access", Name(function.access));
  out.Set("queues", std::move(queues));
  out.Set("numa", OrNull(function.numa));
  out.Set("nearest", DescribeAffinities(inventory, function));
  return out;
}

json::Object DescribeDomain(const MemoryDomain& domain) {
  json::Object out{{"id", domain.id}, {"kind", Name(domain.kind)}, {"decided_by", domain.decided_by}};
  out.Set("numa", OrNull(domain.numa));
  out.Set("capacity_bytes", domain.capacity_bytes ? json::Value(*domain.capacity_bytes) : json::Value());
  json::Array local;
  for (const int node : domain.local_nodes) local.emplace_back(node);
  out.Set("local_nodes", std::move(local));
  SetUnlessEmpty(out, "card", domain.card);
  return out;
}

json::Object DescribeLink(const Link& link) {
  json::Object out{{"from", link.from}, {"to", link.to}, {"strength", Name(link.strength)}};
  if (link.assumed) out.Set("assumed", true);
  return out;
}

json::Object DescribeInventory(const Inventory& inventory, const std::map<std::string, std::string>& offers) {
  json::Array functions;
  for (const auto& function : inventory.functions) {
    auto described = DescribeFully(inventory, function);
    if (const auto offer = offers.find(function.id); offer != offers.end()) described.Set("offer", offer->second);
    functions.push_back(std::move(described));
  }
  json::Array domains;
  for (const auto& domain : inventory.domains) domains.push_back(DescribeDomain(domain));
  json::Array links;
  for (const auto& link : inventory.links) links.push_back(DescribeLink(link));
  json::Array problems;
  for (const auto& [object, message] : inventory.problems) {
    problems.push_back(json::Object{{"object", object}, {"message", message}});
  }
  return {{"version", 1},           {"node", inventory.node},
          {"functions", functions}, {"domains", domains},
          {"links", links},         {"problems", problems}};
}

}  // namespace nacelle

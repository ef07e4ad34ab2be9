// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/node_view.h"

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/printable.h"
#include "core/crd/node_inventory.h"
#include "core/model/offer.h"

namespace nacelle::kubectl {
namespace {

// A member has several shares; a holding names one of them.
bool IsShareOf(const crd::NodeDevice& member, const std::string& device) {
  const auto share = ShareNumber(member.id, device);
  return share && *share < member.shares;
}

Usage UsageOf(const crd::NodeStatus& status) {
  Usage usage;
  for (const auto& offer : status.offers) {
    for (const auto& member : offer.members) {
      // Several containers of a pod may have one device, by a claim.
      std::set<std::string_view> held;
      for (const auto& holding : status.holdings) {
        if (holding.resource == offer.resource && IsShareOf(member, holding.device)) held.insert(holding.device);
      }
      for (const auto& queue : QueuesOf(member)) {
        usage[queue].shares = static_cast<int>(member.shares);
        usage[queue].held += static_cast<int>(held.size());
      }
    }
  }
  return usage;
}

// What an agent has written is shown on terminals.
json::Value PrintableTexts(const json::Value& value) {
  if (const auto* text = value.AsString()) return Printable(*text);
  if (const auto* array = value.AsArray()) {
    json::Array texts;
    for (const auto& one : *array) texts.push_back(PrintableTexts(one));
    return texts;
  }
  if (const auto* object = value.AsObject()) {
    json::Object texts;
    for (const auto& [name, one] : object->members()) texts.Set(name, PrintableTexts(one));
    return texts;
  }
  return value;
}

bool AreTextsPrintable(const json::Value& value) {
  if (const auto* text = value.AsString()) return IsPrintable(*text);
  if (const auto* array = value.AsArray()) return std::all_of(array->begin(), array->end(), AreTextsPrintable);
  const auto* object = value.AsObject();
  return object == nullptr || std::all_of(object->members().begin(), object->members().end(),
                                          [](const json::Member& member) { return AreTextsPrintable(member.second); });
}

}  // namespace

std::vector<std::string> QueuesOf(const crd::NodeDevice& device) {
  return device.queues.empty() ? std::vector<std::string>{device.id} : device.queues;
}

std::string PodOf(const crd::NodeHolding& holding) {
  return holding.pod.empty() ? std::string() : holding.pod_namespace + '/' + holding.pod;
}

std::string ShortName(std::string_view resource) {
  constexpr std::string_view kOurs = "nacelle.dev/";
  return std::string(resource.starts_with(kOurs) ? resource.substr(kOurs.size()) : resource);
}

NodeView ViewOf(crd::NodeAccelerators object) {
  NodeView view{std::move(object), {}, {}};
  view.inventory = crd::InventoryOf(view.object);
  view.usage = UsageOf(view.object.status);
  return view;
}

Result<NodeView> ReadNode(const json::Value& item) {
  const auto* status = item.AsObject() == nullptr ? nullptr : item.AsObject()->Find("status");
  if (status != nullptr && !AreTextsPrintable(*status)) {
    auto shown = *item.AsObject();
    shown.Set("status", PrintableTexts(*status));
    return ReadNode(shown);
  }
  auto object = crd::ReadNodeAccelerators(item);
  if (!object) return std::move(object).error().In("NodeAccelerators " + crd::ReadMeta(item).name);
  return ViewOf(std::move(*object));
}

void SortByName(std::vector<NodeView>& nodes) {
  std::sort(nodes.begin(), nodes.end(), [](const auto& a, const auto& b) { return a.object.meta.name < b.object.meta.name; });
}

const NodeView* FindNode(const std::vector<NodeView>& nodes, std::string_view name) {
  const auto it = std::find_if(nodes.begin(), nodes.end(), [&](const auto& node) { return node.object.meta.name == name; });
  return it == nodes.end() ? nullptr : &*it;
}

}  // namespace nacelle::kubectl

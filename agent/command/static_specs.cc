// SPDX-License-Identifier: Apache-2.0
#include "agent/command/static_specs.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include "core/base/files.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/view.h"
#include "plugin/grant/view_folder.h"

namespace nacelle {
namespace {

// All queues are in one file of this name.
constexpr const char* kName = "all";

Grant GrantOf(const std::string& resource, const QueueRef& ref) {
  const auto& queue = *ref.queue;
  Grant grant;
  grant.resource = resource;
  grant.devices = {queue.id};
  grant.queues = {{queue.id, ref.function->id, 1, queue.nodes, queue.links, queue.environment}};
  return grant;
}

// Why nobody is to be given the queue; empty when it is free and well.
std::string Flaw(const OfferPlan& plan, const std::set<std::string>& held, const QueueRef& ref) {
  if (const auto health = EffectiveHealth(ref); !health.healthy) return health.reason;
  const auto& id = ref.queue->id;
  if (const auto taken = plan.taken.find(id); taken != plan.taken.end()) return taken->second;
  return held.contains(id) ? "held by a pod" : "";
}

std::set<std::string> QueuesOf(const std::vector<HeldShare>& held) {
  std::set<std::string> queues;
  for (const auto& share : held) queues.insert(share.queues.begin(), share.queues.end());
  return queues;
}

// By id, with the offer's name.
std::map<std::string, std::string> QueuesOf(const OfferPlan& plan) {
  std::map<std::string, std::string> queues;
  for (const auto& offer : plan.offers) {
    for (const auto& offered : offer.queues) queues.emplace(offered.queue, offer.resource);
    for (const auto& tuple : offer.tuples) {
      for (const auto& queue : tuple.queues) queues.emplace(queue, offer.resource);
    }
  }
  return queues;
}

// A container of one that is only held or unwell may have it mounted.
Status RemoveOldViews(const Inventory& inventory, const std::filesystem::path& views) {
  const auto names = ListFolder(views);
  if (!names) return names.error().code() == Code::kNotFound ? Status() : Status(names.error());
  for (const auto& name : *names) {
    if (FindQueue(inventory, name)) continue;
    if (auto status = RemoveTree(views / name); !status) return status;
  }
  return {};
}

}  // namespace

Result<std::string> WriteStaticSpecs(const Inventory& inventory, const OfferPlan& plan, const std::vector<HeldShare>& held,
                                     const StaticSpecOptions& options) {
  const CdiFolder folder(options.cdi_dir, "queue");
  std::vector<CdiDevice> devices;
  std::string told;
  const auto held_queues = QueuesOf(held);
  for (const auto& [queue, resource] : QueuesOf(plan)) {
    const auto ref = FindQueue(inventory, queue);
    if (!ref) continue;
    if (const auto flaw = Flaw(plan, held_queues, ref); !flaw.empty()) {
      told += queue + " is left out: " + flaw + "\n";
      continue;
    }
    const auto grant = GrantOf(resource, ref);
    const auto view = options.views / queue;
    if (auto status = WriteView(view, BuildView(inventory, {grant})); !status) return std::move(status).error();
    devices.push_back({queue, EditsFor(grant, view)});
    told += folder.kind() + '=' + queue + "\n";
  }
  for (const auto& hidden : plan.hidden) told += hidden.object + " is left out: " + hidden.message + "\n";
  auto status = devices.empty() ? folder.Remove(kName) : folder.Write(kName, WriteCdiSpec(folder.kind(), devices));
  if (status) status = RemoveOldViews(inventory, options.views);
  if (!status) return std::move(status).error();
  if (devices.empty()) return told + "no queue; no spec\n";
  return told + "in " + folder.PathOf(kName).native() + "\n";
}

Status RemoveLastingSpecs() { return CdiFolder(kStaticCdiFolder, "queue").Remove(kName); }

}  // namespace nacelle

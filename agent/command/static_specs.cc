// SPDX-License-Identifier: Apache-2.0
#include "agent/command/static_specs.h"

#include <utility>
#include <vector>

#include "plugin/grant/cdi_folder.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/container_edits.h"
#include "plugin/grant/view.h"
#include "plugin/grant/view_folder.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {
namespace {

// All queues are in one file of this name.
constexpr const char* kName = "all";

Grant GrantOf(const Offer& offer, const QueueRef& ref) {
  const auto& queue = *ref.queue;
  Grant grant;
  grant.resource = offer.resource;
  grant.devices = {queue.id};
  grant.queues = {{queue.id, ref.function->id, 1, queue.nodes, queue.links, queue.environment}};
  return grant;
}

}  // namespace

Result<std::string> WriteStaticSpecs(const Inventory& inventory, const StaticSpecOptions& options) {
  const CdiFolder folder(options.cdi_dir, "queue");
  const Policy policy;
  std::vector<CdiDevice> devices;
  std::string told;
  for (const auto& offer : BuildOffers({inventory, policy, {}, {}}).offers) {
    for (const auto& offered : offer.queues) {
      const auto ref = FindQueue(inventory, offered.queue);
      if (const auto health = EffectiveHealth(ref); !health.healthy) {
        told += offered.queue + " is left out: " + health.reason + "\n";
        continue;
      }
      const auto grant = GrantOf(offer, ref);
      const auto view = options.views / offered.queue;
      if (auto status = WriteView(view, BuildView(inventory, {grant})); !status) return std::move(status).error();
      devices.push_back({offered.queue, EditsFor(grant, view)});
      told += folder.kind() + '=' + offered.queue + "\n";
    }
  }
  auto status = devices.empty() ? folder.Remove(kName) : folder.Write(kName, WriteCdiSpec(folder.kind(), devices));
  if (!status) return std::move(status).error();
  if (devices.empty()) return told + "no queue; no spec\n";
  return told + "in " + folder.PathOf(kName).native() + "\n";
}

}  // namespace nacelle

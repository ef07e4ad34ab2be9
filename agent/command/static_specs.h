// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/inventory.h"
#include "plugin/grant/cdi_folder.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// Where static specs go. Both paths are the host's own, as the runtime sees it.
struct StaticSpecOptions {
  std::filesystem::path cdi_dir = kTransientCdiFolder;
  // What containers have mounted: a folder a queue.
  std::filesystem::path views = "/var/lib/nacelle/queues";
};

// Writes a CDI spec with a device "nacelle.dev/queue=<id>" for each queue of
// `plan` that is well and not among `held`, for runtimes without Kubernetes.
// Nothing keeps it up to date. Removes views of queues that the machine has no
// more. Returns the lines that tell what was written, and what was left out and
// why.
Result<std::string> WriteStaticSpecs(const Inventory& inventory, const OfferPlan& plan, const std::vector<HeldShare>& held,
                                     const StaticSpecOptions& options);

// Removes what earlier versions wrote where it outlives a boot: the numbers of
// device nodes are others then, and may be somebody else's.
Status RemoveLastingSpecs();

}  // namespace nacelle

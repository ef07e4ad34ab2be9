// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/model/inventory.h"

namespace nacelle {

// Where static specs go. Both paths are the host's own, as the runtime sees it.
struct StaticSpecOptions {
  std::filesystem::path cdi_dir = "/etc/cdi";
  // What containers have mounted: a folder a queue.
  std::filesystem::path views = "/var/lib/nacelle/queues";
};

// Writes a CDI spec with a device "nacelle.dev/queue=<id>" for each queue that
// is offered without a policy and is well, for runtimes without Kubernetes.
// Nothing keeps it up to date. Returns the lines that tell what was written, and
// what was left out and why.
Result<std::string> WriteStaticSpecs(const Inventory& inventory, const StaticSpecOptions& options);

}  // namespace nacelle

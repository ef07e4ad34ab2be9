// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/builtin_probes.h"

#include "agent/probe/uacce_probe.h"

namespace nacelle {

std::vector<std::unique_ptr<const Probe>> BuiltinProbes() {
  std::vector<std::unique_ptr<const Probe>> probes;
  probes.push_back(std::make_unique<UacceProbe>());
  return probes;
}

}  // namespace nacelle

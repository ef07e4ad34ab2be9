// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "agent/host/host_root.h"

namespace nacelle {

// What KFD, by which programs compute on AMD's GPUs, has: a GPU, or each partition of one,
// is a node of its topology (drivers/gpu/drm/amd/amdkfd/kfd_topology.c).
struct KfdTopology {
  // The PCI function of a GPU, "0000:03:00.0", by the name of the render node of the GPU or
  // of its partition, "renderD129".
  std::map<std::string, std::string> functions;
  // Whether these are all: KFD tells of a GPU only those who may open its render node, as
  // containers may not. False also where there is no KFD.
  bool complete = false;
};

KfdTopology ReadKfdTopology(const HostRoot& host);

}  // namespace nacelle

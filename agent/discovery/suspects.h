// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "agent/host/uevent.h"
#include "agent/probe/probe.h"

namespace nacelle {

// What may have changed since the machine was last read.
struct Suspects {
  bool everything = false;  // all families, what lies between peers, and what sysfs says of memory
  bool memory = false;      // NUMA nodes and their memory, hwloc's topology included
  bool unclaimed = false;   // devices of no family
  std::set<std::string> families;
  // Devices below /sys/devices: of `families` no others can have changed. Where
  // it is empty, all can.
  std::vector<std::string> paths;

  bool any() const { return everything || memory || unclaimed || !families.empty(); }
};

// Adds what a uevent makes suspect: the families that name its subsystem; NUMA nodes; all,
// where it is about IOMMUs. Each device that the agent shows has a class or a bus that some
// family names, so other subsystems, of which a node hears many, make nothing suspect; what
// one of them should mean all the same is seen on the interval.
void AddSuspects(const Uevent& event, const std::vector<std::unique_ptr<const Probe>>& probes, Suspects& suspects);

// Whether a uevent of this subsystem can mean a change of NUMA nodes or memory.
bool ConcernsMemory(const Uevent& event);

}  // namespace nacelle

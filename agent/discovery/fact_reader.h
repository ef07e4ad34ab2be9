// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/discovery/facts.h"
#include "agent/discovery/suspects.h"
#include "agent/host/host_root.h"
#include "agent/topology/topology_loader.h"
#include "core/model/hardware.h"

namespace nacelle {

// Reads a machine: all of it, or what is suspected to have changed. Its topology
// is loaded again only where that is suspected, or what sysfs says of memory is
// not as it was, because that takes long. One thread.
class FactReader {
 public:
  // The references outlive the reader.
  FactReader(const HostRoot& host, const TopologyLoader& topology,
             const std::vector<std::unique_ptr<const Probe>>& probes, const HardwareTable& hardware,
             std::string node);

  // Whether anything is not as it was read before.
  bool Read(const Suspects& suspects = {.everything = true});

  // As of the last Read.
  const Facts& facts() const { return facts_; }
  const std::vector<std::unique_ptr<const Probe>>& probes() const { return probes_; }

 private:
  bool ReadMemory(bool suspected);
  bool ReadFamily(std::size_t index, const Suspects& suspects);
  // What depends on where functions are, and not on how they are.
  void ReadBetweenFunctions(const Suspects& suspects);
  SharedList<Function> ReadUnclaimed(const std::vector<const Function*>& found, const Suspects& suspects,
                                     std::vector<Problem>& problems) const;
  bool IsBetweenKnown(const Suspects& suspects) const;

  const HostRoot& host_;
  const TopologyLoader& topology_;
  const std::vector<std::unique_ptr<const Probe>>& probes_;
  const HardwareTable& hardware_;
  Facts facts_;
  bool memory_known_ = false;
  bool places_known_ = false;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "agent/discovery/facts.h"
#include "agent/host/host_root.h"
#include "agent/topology/topology_loader.h"
#include "core/model/hardware.h"

namespace nacelle {

// Reads a machine: all families each time, its memory only when asked to,
// because that changes rarely and takes long. One thread.
class FactReader {
 public:
  // The references outlive the reader.
  FactReader(const HostRoot& host, const TopologyLoader& topology,
             const std::vector<std::unique_ptr<const Probe>>& probes, const HardwareTable& hardware,
             std::string node);

  // The memory is read with the next facts.
  void ForgetMemory() { memory_known_ = false; }

  Facts Read();

 private:
  void ReadMemory();

  const HostRoot& host_;
  const TopologyLoader& topology_;
  const std::vector<std::unique_ptr<const Probe>>& probes_;
  const HardwareTable& hardware_;
  std::string node_;
  MemoryView memory_;
  bool memory_known_ = false;
};

}  // namespace nacelle

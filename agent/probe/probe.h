// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host_root.h"
#include "core/base/result.h"
#include "core/model/inventory.h"

namespace nacelle {

// What a probe found of its family.
struct Findings {
  SharedList<Function> functions;
  std::vector<Problem> problems;
  // Instances of a queue that are free now, by queue id; changes with use.
  std::map<std::string, int> available;
  // How many have a queue open now, whoever they are, by queue id; changes with use.
  std::map<std::string, int> clients;

  bool operator==(const Findings&) const = default;
};

// Finds one family of accelerators. Stateless: the same tree gives the same
// Findings. Fails only when the whole family could not be examined; a family
// that the machine does not have is found empty.
class Probe {
 public:
  virtual ~Probe() = default;
  virtual std::string_view family() const = 0;
  virtual Result<Findings> Scan(const HostRoot& host) const = 0;

  // Subsystems of uevents (SUBSYSTEM=) that concern this family, and no other
  // that does not name them as well.
  virtual std::vector<std::string_view> subsystems() const { return {}; }
  // As Scan, but may take from `last`, what was found before, all devices but
  // those at, above or below `changed`, real paths below /sys/devices.
  virtual Result<Findings> Rescan(const HostRoot& host, const Findings& last,
                                  const std::vector<std::string>& changed) const {
    static_cast<void>(last);
    static_cast<void>(changed);
    return Scan(host);
  }
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host_root.h"
#include "core/base/result.h"
#include "core/model/hardware.h"
#include "core/model/inventory.h"

namespace nacelle {

// What the probes have found.
class ClaimedDevices {
 public:
  // The functions, not the list, outlive the object.
  explicit ClaimedDevices(const std::vector<const Function*>& functions);

  // Whether a function is the device at `path`, or lies below it.
  bool Has(const std::string& path) const;

 private:
  std::vector<std::string_view> paths_;  // sorted
};

// PCI functions that hardware.yaml knows as accelerators and no probe has found:
// no driver holds them, or one of which nothing is known
// (Documentation/ABI/testing/sysfs-bus-pci). They are shown under the family
// that would show them, with the id that they would have there, unhealthy: it is
// what people come looking for. Those of `unknown`, families that could not be
// examined, may have been found, and are left out.
Result<SharedList<Function>> FindUnclaimed(const HostRoot& host, const HardwareTable& table,
                                            const ClaimedDevices& claimed, const std::set<std::string>& unknown,
                                            std::vector<Problem>& problems);

// The same after something has happened to the devices at, above or below
// `changed`; all others are as `last`.
SharedList<Function> FindUnclaimedAgain(const HostRoot& host, const HardwareTable& table,
                                         const ClaimedDevices& claimed, const std::set<std::string>& unknown,
                                         const SharedList<Function>& last, const std::vector<std::string>& changed,
                                         std::vector<Problem>& problems);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "agent/host/host_root.h"
#include "agent/probe/fpga_board.h"
#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Whether it is 32 hex digits.
bool IsContentsId(const std::string& id);

// Gives `function` what an FPGA computes while `id` is loaded: 32 hex digits,
// an AFU's or a region's. Interface and operations are made of it.
void DescribeContents(const HardwareTable& table, const std::string& id, Function& function);

// The AFU behind a DFL port (Documentation/ABI/testing/sysfs-platform-dfl-port)
// at `path`, .../fpga_region/region0/dfl-port.0. While the port is
// reconfigured, which only EBUSY of afu_id tells, it has no interface of its
// own and is not offered; `parts` has the manager that says when that failed.
void AddDflPort(const HostRoot& host, const HardwareTable& table, const FpgaParts& parts, const std::string& path,
                Findings& findings);

// The management engine of a DFL card (Documentation/ABI/testing/sysfs-platform-dfl-fme)
// at `path`, .../fpga_region/region0/dfl-fme.0. What it reports concerns the card, and is
// a problem; each port's own errors tell whether that one still computes.
void ReadDflEngine(const HostRoot& host, const std::string& path, std::vector<Problem>& problems);
// Whether what is at `path` belongs to such an engine: the regions of the card's ports and
// the manager that loads them.
bool IsOfDflEngine(const std::string& path);

}  // namespace nacelle

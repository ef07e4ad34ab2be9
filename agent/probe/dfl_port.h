// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "agent/host/host_root.h"
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
// own and is not offered.
void AddDflPort(const HostRoot& host, const HardwareTable& table, const std::string& path, Findings& findings);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/host/host_root.h"
#include "core/model/function.h"
#include "core/model/hardware.h"

namespace nacelle {

// The machine's kernel; absent where it does not tell. Debian names one by its ABI
// ("6.1.0-43-amd64"); which one of the stable series it is stands behind the distribution's
// name in the version ("#1 SMP … Debian 6.1.164-1 (…)").
std::optional<KernelVersion> RunningKernel(const HostRoot& host);

// What is to be expected of SVA on this kernel, before anybody opens a queue:
// "negotiated" is not "works", and only open() would tell.
struct SvaExpectation {
  Health health;     // unhealthy when the kernel is known to refuse every bind
  std::string note;  // for Function::access_note; empty when it is known to work
};

// Asks the table's rules for the kernel in /proc/sys/kernel/{osrelease,arch}.
// Where these cannot be read, or no rule fits, it is "negotiated, not verified".
SvaExpectation ExpectSva(const HostRoot& host, const HardwareTable& table, std::string_view driver);

// The same for many devices: the kernel is asked once a driver.
class SvaPreflight {
 public:
  // Both outlive the object.
  SvaPreflight(const HostRoot& host, const HardwareTable& table) : host_(host), table_(table) {}

  const SvaExpectation& Expect(const std::string& driver);

 private:
  const HostRoot& host_;
  const HardwareTable& table_;
  std::map<std::string, SvaExpectation> by_driver_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/sva_preflight.h"

#include <string>
#include <string_view>

namespace nacelle {

std::optional<KernelVersion> RunningKernel(const HostRoot& host) {
  static constexpr std::string_view kDebian = " Debian ";
  const auto version = host.Read("/proc/sys/kernel/version");
  const auto at = version ? version->find(kDebian) : std::string::npos;
  if (at != std::string::npos) {
    if (auto known = ParseKernelVersion(std::string_view(*version).substr(at + kDebian.size()))) return known;
  }
  const auto release = host.Read("/proc/sys/kernel/osrelease");
  return release ? ParseKernelVersion(*release) : std::nullopt;
}

SvaExpectation ExpectSva(const HostRoot& host, const HardwareTable& table, std::string_view driver) {
  static constexpr const char* kUnknown = "negotiated, not verified";
  const auto version = RunningKernel(host);
  const auto architecture = host.Read("/proc/sys/kernel/arch");  // since 6.1
  if (!version || !architecture) return {{}, kUnknown};
  const auto* rule = FindSvaRule(table, *architecture, *version, driver);
  if (rule == nullptr) return {{}, kUnknown};
  if (rule->verdict == SvaVerdict::kWorks) return {};
  if (rule->verdict == SvaVerdict::kRefused) return {{false, rule->reason}, rule->reason};
  return {{}, std::string(kUnknown) + ": " + rule->reason};
}

const SvaExpectation& SvaPreflight::Expect(const std::string& driver) {
  const auto known = by_driver_.find(driver);
  if (known != by_driver_.end()) return known->second;
  return by_driver_.emplace(driver, ExpectSva(host_, table_, driver)).first->second;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/pci_probe.h"

#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/unchanged.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/pci/devices";

// "pci:v00008086d00000B25sv…": vendor and device in one read. Absent when it
// is no such thing.
const PciHardware* FindByAlias(const HardwareTable& table, const std::string& alias) {
  if (!alias.starts_with("pci:v0000") || alias.size() < 22 || alias.substr(13, 5) != "d0000") return nullptr;
  std::string id = alias.substr(9, 4) + alias.substr(18, 4);
  for (auto& c : id) c = c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
  return FindPci(table, id.substr(0, 4), id.substr(4));
}

std::string Reason(const PciHardware& known) {
  const auto reason = std::string(reasons::kNoDriver) + " to this " + known.name;
  return known.family == "qat" && known.virtual_function ? reason + ": containers reach it through vfio-pci" : reason;
}

}  // namespace

Result<Findings> PciProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = FollowLink(host, std::string(kBus) + "/" + name);
    if (!path || host.ReadLink(*path + "/driver")) continue;
    const auto* known = FindByAlias(table_, ReadWord(host, *path + "/modalias", findings.problems));
    if (known == nullptr) continue;
    auto function = DescribeDevice(host, known->family, *path, findings.problems);
    function.interface = known->family;
    function.operations = known->operations;
    function.health = {false, Reason(*known)};
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

// Devices come and go with uevents of their own bus; of others, one can only be
// that of a driver that has been bound.
Result<Findings> PciProbe::Rescan(const HostRoot& host, const Findings& last,
                                  const std::vector<std::string>& changed) const {
  auto findings = last;
  std::erase_if(findings.functions, [&](const Function& function) {
    return Touches(changed, function.path) && host.ReadLink(function.path + "/driver").ok();
  });
  return findings;
}

}  // namespace nacelle

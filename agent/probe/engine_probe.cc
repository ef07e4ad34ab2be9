// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/engine_probe.h"

#include <algorithm>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/unchanged.h"
#include "agent/probe/vfio_group.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

// A driver may have devices that are none: some of ccp's are security processors only.
bool IsOne(const KernelEngine& engine, const Function& function) {
  const auto& ids = engine.ids;
  return ids.empty() || std::find(ids.begin(), ids.end(), function.vendor + ":" + function.device) != ids.end();
}

std::string InterfaceOf(std::string driver) {
  std::replace(driver.begin(), driver.end(), '-', '_');
  return "crypto_" + driver;
}

// Why programs do not reach it, and what would let them.
std::string AccessNote(const HostRoot& host, const HardwareTable& table, const KernelEngine& engine, const Function& function) {
  const auto* known = FindPci(table, function.vendor, function.device);
  if (known != nullptr && IsForVfio(*known)) return HeldForKernel(function, known);
  const std::string note = "kernel only: ";
  const auto& parameter = engine.uacce_parameter;
  if (parameter.empty()) return note + engine.name + " has no interface for user space";
  const auto equals = parameter.find('=');
  const auto value = host.ReadOptional("/sys/module/" + engine.driver + "/parameters/" + parameter.substr(0, equals));
  // One that cannot be read is as one that is not set: the advice does no harm.
  if (!value || *value != parameter.substr(equals + 1)) return note + "the module parameter " + parameter + " gives programs its queues";
  const auto refused = note + parameter + " is set, and " + reasons::kNoSva + ": ";
  if (function.iommu_group.empty()) return refused + reasons::kNoIommu;
  if (!IsTranslated(host, function)) return refused + "the IOMMU lets its addresses pass as they are (passthrough)";
  return refused + "the kernel's log says why";
}

Result<Findings> ScanAll(const HostRoot& host, const HardwareTable& table, const Unchanged& unchanged) {
  Findings findings;
  for (const auto& engine : table.engines) {
    const std::string folder = "/sys/bus/" + engine.bus + "/drivers/" + engine.driver;
    const auto names = ListFamily(host, folder);
    if (!names) return names.error();
    for (const auto& name : *names) {
      if (unchanged.WasNone(name)) continue;
      const auto path = FindLinked(host, folder, name, findings.problems);
      if (!path) continue;  // a driver's folder holds more than its devices
      if (unchanged.Take(*path, findings) || host.Exists(*path + "/uacce")) continue;
      auto function = DescribeDevice(host, "crypto", *path, findings.problems);
      if (!IsOne(engine, function)) continue;
      function.name = engine.name;
      function.interface = InterfaceOf(engine.driver);
      function.operations = engine.operations;
      function.access_note = AccessNote(host, table, engine, function);
      findings.functions.push_back(std::move(function));
    }
  }
  return findings;
}

}  // namespace

std::vector<std::string_view> EngineProbe::subsystems() const {
  std::vector<std::string_view> buses;
  for (const auto& engine : table_.engines) {
    if (std::find(buses.begin(), buses.end(), engine.bus) == buses.end()) buses.push_back(engine.bus);
  }
  return buses;
}

Result<Findings> EngineProbe::Scan(const HostRoot& host) const { return ScanAll(host, table_, Unchanged(nullptr, {})); }

Result<Findings> EngineProbe::Rescan(const HostRoot& host, const Findings& last,
                                     const std::vector<std::string>& changed) const {
  return ScanAll(host, table_, Unchanged(&last, changed));
}

}  // namespace nacelle

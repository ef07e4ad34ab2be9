// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/unclaimed_devices.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/unchanged.h"
#include "agent/probe/vfio_group.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/pci/devices";

// What is known of the PCI device at `path`; absent when it is none of ours.
std::optional<PciHardware> FindKnown(const HostRoot& host, const HardwareTable& table, const std::string& path,
                                     std::vector<Problem>& problems) {
  const auto id = IdByAlias(host, path, problems);
  if (id.empty()) return std::nullopt;
  if (const auto* row = FindPci(table, id.substr(0, 4), id.substr(5))) return *row;
  for (const auto& engine : table.engines) {
    if (std::find(engine.ids.begin(), engine.ids.end(), id) == engine.ids.end()) continue;
    return PciHardware{.name = engine.name, .family = "crypto", .operations = engine.operations};
  }
  return std::nullopt;
}

std::string Reason(const PciHardware& known, const std::string& driver) {
  if (!driver.empty()) return std::string(reasons::kHeldByDriver) + driver + ", under which nothing is known of this " + known.name;
  const auto reason = std::string(reasons::kNoDriver) + " to this " + known.name;
  if (!IsForVfio(known)) return reason;
  return reason + ": containers reach it through vfio-pci" + (known.note.empty() ? "" : "; " + known.note);
}

// Absent when the device is claimed, or none of ours.
std::optional<Function> Examine(const HostRoot& host, const HardwareTable& table, const ClaimedDevices& claimed,
                                const std::set<std::string>& unknown, const std::string& path,
                                std::vector<Problem>& problems) {
  if (claimed.Has(path)) return std::nullopt;
  const auto known = FindKnown(host, table, path, problems);
  if (!known || unknown.contains(known->family)) return std::nullopt;
  auto function = DescribeDevice(host, known->family, path, problems);
  function.name = known->name;
  function.interface = known->family;
  function.operations = known->operations;
  if (IsForVfio(*known) && !function.driver.empty()) {
    function.access_note = HeldForKernel(function, &*known);
  } else {
    function.health = {false, Reason(*known, function.driver)};
  }
  return function;
}

}  // namespace

ClaimedDevices::ClaimedDevices(const std::vector<const Function*>& functions) {
  paths_.reserve(functions.size());
  for (const auto* function : functions) paths_.push_back(function->path);
  std::sort(paths_.begin(), paths_.end());
}

bool ClaimedDevices::Has(const std::string& path) const {
  if (std::binary_search(paths_.begin(), paths_.end(), std::string_view(path))) return true;
  const auto below = std::lower_bound(paths_.begin(), paths_.end(), std::string_view(path + "/"));
  return below != paths_.end() && below->starts_with(path + "/");
}

Result<SharedList<Function>> FindUnclaimed(const HostRoot& host, const HardwareTable& table,
                                            const ClaimedDevices& claimed, const std::set<std::string>& unknown,
                                            std::vector<Problem>& problems) {
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  SharedList<Function> unclaimed;
  for (const auto& name : *names) {
    const auto path = FindLinked(host, kBus, name, problems);
    if (!path) continue;
    if (auto function = Examine(host, table, claimed, unknown, *path, problems)) unclaimed.push_back(*std::move(function));
  }
  return unclaimed;
}

SharedList<Function> FindUnclaimedAgain(const HostRoot& host, const HardwareTable& table,
                                         const ClaimedDevices& claimed, const std::set<std::string>& unknown,
                                         const SharedList<Function>& last, const std::vector<std::string>& changed,
                                         std::vector<Problem>& problems) {
  SharedList<Function> unclaimed;
  for (std::size_t i = 0; i < last.size(); ++i) {
    if (!Touches(changed, last[i].path) && !claimed.Has(last[i].path)) unclaimed.push_back(last.shared(i));
  }
  std::set<std::string> suspects;
  for (auto path : changed) {
    for (; path.size() > std::string_view("/sys/devices").size(); path = FolderOf(path)) suspects.insert(path);
  }
  for (const auto& path : suspects) {
    if (!host.Exists(std::string(kBus) + "/" + LastName(path))) continue;
    if (auto function = Examine(host, table, claimed, unknown, path, problems)) unclaimed.push_back(*std::move(function));
  }
  unclaimed.sort([](const Function& a, const Function& b) { return a.path < b.path; });
  return unclaimed;
}

}  // namespace nacelle

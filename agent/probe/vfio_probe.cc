// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/vfio_probe.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/vfio_group.h"

namespace nacelle {
namespace {

constexpr const char* kGroupClass = "/sys/class/vfio";
constexpr const char* kDeviceClass = "/sys/class/vfio-dev";

class Scanner {
 public:
  // Where `groups` is given, there can be something in no others.
  Scanner(const HostRoot& host, const HardwareTable& table, std::optional<std::set<std::string>> groups)
      : host_(host), table_(table), groups_(std::move(groups)) {}

  Result<Findings> Scan() {
    if (auto status = CollectGroups(); !status) return std::move(status).error();
    if (auto status = CollectDevices(); !status) return std::move(status).error();
    std::map<std::string, std::vector<Function>> groups;
    for (const auto& [path, group] : paths_) {
      auto function = DescribeDevice(host_, "vfio", path, findings_.problems);
      if (!group.empty() && group != function.iommu_group) {
        findings_.problems.push_back({path, "is in IOMMU group " + group + ", but its iommu_group says '" +
                                                function.iommu_group + "'"});
      }
      const auto key = function.iommu_group.empty() ? function.id : function.iommu_group;
      if (IsVfioDriver(function.driver)) groups[key].push_back(std::move(function));
    }
    for (auto& [key, members] : groups) AddGroup(std::move(members));
    return std::move(findings_);
  }

 private:
  Status CollectGroups() {
    const auto names = ListFamily(host_, kGroupClass);
    if (!names) return names.error();
    for (const auto& name : *names) {
      const auto number = name.substr(name.rfind('-') + 1);  // "noiommu-3"
      if (groups_ && !groups_->contains(number)) continue;
      // Only what is read is there when the machine has been recorded.
      static_cast<void>(host_.ReadLink(std::string(kGroupClass) + "/" + name));
      const std::string folder = "/sys/kernel/iommu_groups/" + number + "/devices";
      const auto devices = DevicesIn(folder);
      // A group of QAT alone is the QAT probe's, which has read all of it.
      if (std::all_of(devices.begin(), devices.end(), [&](const auto& path) { return IsQatByAlias(path); })) continue;
      for (const auto& path : devices) paths_.emplace(path, number);
    }
    return {};
  }

  std::set<std::string> DevicesIn(const std::string& folder) const {
    std::set<std::string> paths;
    const auto members = host_.List(folder);
    for (const auto& member : members ? *members : std::vector<std::string>()) {
      // A mediated device is the mdev probe's.
      if (host_.Exists("/sys/bus/mdev/devices/" + member)) continue;
      if (auto path = FollowLink(host_, folder + "/" + member)) paths.insert(*std::move(path));
    }
    return paths;
  }

  bool IsQatByAlias(const std::string& path) const {
    std::vector<Problem> told_by_others;
    const auto* known = FindByAlias(host_, table_, path, told_by_others);
    return known != nullptr && known->family == "qat";
  }

  Status CollectDevices() {
    const auto names = ListFamily(host_, kDeviceClass);
    if (!names) return names.error();
    for (const auto& name : *names) {
      const auto path = FollowLink(host_, std::string(kDeviceClass) + "/" + name);
      if (!path) continue;
      auto device = FolderOf(FolderOf(*path));  // …/<device>/vfio-dev/vfio0
      if (!host_.Exists("/sys/bus/mdev/devices/" + LastName(device))) paths_.emplace(std::move(device), "");
    }
    return {};
  }

  const PciHardware* Known(const Function& function) const {
    return FindPci(table_, function.vendor, function.device);
  }

  bool IsQat(const Function& function) const {
    const auto* known = Known(function);
    return known != nullptr && known->family == "qat";
  }

  // A group has one queue: that of its first device, or, where it holds QAT, the QAT
  // probe's. The others are shown as what goes with it.
  void AddGroup(std::vector<Function> members) {
    const auto qat = std::find_if(members.begin(), members.end(), [&](const Function& f) { return IsQat(f); });
    const auto owner = LastName(qat != members.end() ? qat->path : members.front().path);
    for (auto& member : members) {
      if (IsQat(member)) continue;
      auto function = Describe(std::move(member));
      if (LastName(function.path) == owner) {
        AddVfioQueue(host_, function);
      } else {
        function.access_note = "goes to whoever is given " + owner + ": both are in IOMMU group " + function.iommu_group;
      }
      findings_.functions.push_back(std::move(function));
    }
  }

  Function Describe(Function function) const {
    function.by_default = false;
    function.interface = function.vendor.empty() ? "vfio" : "vfio_" + function.vendor + "_" + function.device;
    AddPassthrough(OperationsOr(Known(function), {}), function);
    return function;
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  const std::optional<std::set<std::string>> groups_;
  Findings findings_;
  std::map<std::string, std::string> paths_;  // of devices, each with the group that lists it
};

}  // namespace

Result<Findings> VfioProbe::Scan(const HostRoot& host) const {
  return Scanner(host, table_, std::nullopt).Scan();
}

// What a group has is told by all its devices together: those that had something, and
// those of what has changed. A problem does not tell in which group it would have to
// be read again.
Result<Findings> VfioProbe::Rescan(const HostRoot& host, const Findings& last,
                                   const std::vector<std::string>& changed) const {
  if (!last.problems.empty()) return Scan(host);
  std::set<std::string> groups;
  for (const auto& path : changed) groups.insert(GroupAt(host, path));
  for (const auto& function : last.functions) groups.insert(function.iommu_group);
  return Scanner(host, table_, std::move(groups)).Scan();
}

}  // namespace nacelle

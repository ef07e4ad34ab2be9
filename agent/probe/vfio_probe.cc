// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/vfio_probe.h"

#include <map>
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
  Scanner(const HostRoot& host, const HardwareTable& table) : host_(host), table_(table) {}

  Result<Findings> Scan() {
    if (auto status = CollectGroups(); !status) return std::move(status).error();
    if (auto status = CollectDevices(); !status) return std::move(status).error();
    std::map<std::string, std::vector<Function>> groups;
    for (const auto& path : paths_) {
      auto function = DescribeDevice(host_, "vfio", path, findings_.problems);
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
      const std::string folder = "/sys/kernel/iommu_groups/" + number + "/devices";
      const auto members = host_.List(folder);
      for (const auto& member : members ? *members : std::vector<std::string>()) {
        // A mediated device is the mdev probe's.
        if (host_.Exists("/sys/bus/mdev/devices/" + member)) continue;
        if (auto path = FollowLink(host_, folder + "/" + member)) paths_.insert(*std::move(path));
      }
    }
    return {};
  }

  Status CollectDevices() {
    const auto names = ListFamily(host_, kDeviceClass);
    if (!names) return names.error();
    for (const auto& name : *names) {
      const auto path = FollowLink(host_, std::string(kDeviceClass) + "/" + name);
      if (!path) continue;
      auto device = FolderOf(FolderOf(*path));  // …/<device>/vfio-dev/vfio0
      if (!host_.Exists("/sys/bus/mdev/devices/" + LastName(device))) paths_.insert(std::move(device));
    }
    return {};
  }

  const PciHardware* Known(const Function& function) const {
    return FindPci(table_, function.vendor, function.device);
  }

  void AddGroup(std::vector<Function> members) {
    std::string others;
    for (const auto& member : members) {
      const auto* known = Known(member);
      if (known != nullptr && known->family == "qat") return;  // the QAT probe's
      if (&member != &members.front()) others += (others.empty() ? "" : ", ") + LastName(member.path);
    }
    auto function = std::move(members.front());
    function.by_default = false;
    function.interface = function.vendor.empty() ? "vfio" : "vfio_" + function.vendor + "_" + function.device;
    if (const auto* known = Known(function)) function.operations = known->operations;
    AddVfioQueue(host_, function);
    if (!others.empty()) {
      function.access_note += (function.access_note.empty() ? "" : "; ") + ("its group also gives " + others);
    }
    findings_.functions.push_back(std::move(function));
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  Findings findings_;
  std::set<std::string> paths_;  // of devices
};

}  // namespace

Result<Findings> VfioProbe::Scan(const HostRoot& host) const { return Scanner(host, table_).Scan(); }

}  // namespace nacelle

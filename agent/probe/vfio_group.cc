// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/vfio_group.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "agent/probe/device_function.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kGroups = "/sys/kernel/iommu_groups/";

// The drivers beside vfio's own that leave a group usable.
bool LeavesGroupUsable(const std::string& driver) {
  return IsVfioDriver(driver) || driver == "pci-stub" || driver == "pcieport";
}

struct Member {
  std::string name;    // PCI address
  std::string driver;  // empty: none
};

// None without a group.
std::vector<Member> MembersOf(const HostRoot& host, const std::string& group) {
  std::vector<Member> members;
  if (group.empty()) return members;
  const auto folder = kGroups + group + "/devices";
  const auto names = host.List(folder);
  if (!names) return members;  // the group's node will tell
  for (const auto& name : *names) {
    const auto device = FollowLink(host, folder + "/" + name);
    const auto driver = device ? host.ReadLink(*device + "/driver") : device;
    members.push_back({name, driver ? LastName(*driver) : ""});
  }
  return members;
}

// Of the members beside `own`, the device itself: what holds it was found to give it to
// programs, whatever it is called (i915's driver of mediated devices is "intel_vgpu_mdev").
void CheckMembers(const std::vector<Member>& members, const std::string& own, const std::string& group, Queue& queue) {
  for (const auto& member : members) {
    if (member.name == own || member.driver.empty() || LeavesGroupUsable(member.driver)) continue;
    MakeUnhealthy(queue.health, "IOMMU group " + group + reasons::kGroupAlsoHolds + member.name + ", which driver " +
                                    member.driver + " keeps for the kernel");
  }
}

void AddCommon(const HostRoot& host, const std::string& path, Queue& queue) {
  AddNode(host, path, queue);
  queue.nodes.back().common = true;
}

// Where the kernel has iommufd; absent elsewhere.
bool AddCdev(const HostRoot& host, const Function& function, Queue& queue) {
  const auto names = host.List(function.path + "/vfio-dev");
  if (!names) return false;
  bool added = false;
  for (const auto& name : *names) {
    const std::string path = "/dev/vfio/devices/" + name;
    if (!IsNumbered(name, "vfio") || !host.Exists(path)) continue;
    // Only what is read is there when the machine has been recorded.
    static_cast<void>(host.Read(function.path + "/vfio-dev/" + name + "/dev"));
    AddNode(host, path, queue);
    AddCommon(host, "/dev/iommu", queue);
    added = true;
  }
  return added;
}

// The other devices that whoever opens the group is given too.
std::string CompanionsOf(const Function& function, const std::vector<Member>& members) {
  std::string names;
  for (const auto& member : members) {
    if (!IsVfioDriver(member.driver) || member.name == LastName(function.path)) continue;
    names += (names.empty() ? "" : ", ") + member.name;
  }
  return names;
}

}  // namespace

std::string GroupAt(const HostRoot& host, const std::string& path) {
  constexpr std::string_view kGroupDevices = "/sys/devices/virtual/vfio/";
  if (path.starts_with(kGroupDevices)) return path.substr(path.find_last_of("/-") + 1);
  for (auto at = path; at.starts_with("/sys/devices/"); at = FolderOf(at)) {
    if (const auto group = host.ReadLink(at + "/iommu_group")) return LastName(*group);
  }
  return "";
}

std::vector<std::string> WithGroups(const HostRoot& host, const std::vector<std::string>& changed) {
  auto paths = changed;
  for (const auto& path : changed) {
    const auto group = GroupAt(host, path);
    const auto folder = kGroups + group + "/devices";
    const auto names = group.empty() ? Result<std::vector<std::string>>(std::vector<std::string>()) : host.List(folder);
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      if (auto device = FollowLink(host, folder + "/" + name)) paths.push_back(*std::move(device));
    }
  }
  return paths;
}

bool IsForVfio(const PciHardware& known) {
  return known.virtual_function && (known.family == "qat" || known.family == "crypto");
}

std::string HeldForKernel(const Function& function, const PciHardware* known) {
  const auto note = known == nullptr || known->note.empty() ? "" : "; " + known->note;
  return "serves the kernel only: driver " + function.driver + " holds it, " + reasons::kNotVfio + note;
}

bool IsVfioDriver(const std::string& driver) {
  return driver.find("vfio") != std::string::npos;  // vfio-pci, mlx5_vfio_pci, vfio-platform
}

void AddVfioQueue(const HostRoot& host, Function& function) {
  Queue queue;
  queue.id = function.id;
  queue.instances = 1;
  const auto& group = function.iommu_group;
  // The group's own name does not tell: that of a mediated device is "vfio-noiommu" as well
  // (vfio_noiommu_group_alloc in drivers/vfio/group.c).
  const bool no_iommu = !group.empty() && host.ReadLink("/sys/class/vfio/noiommu-" + group).ok();
  function.access = no_iommu ? MemoryAccess::kNone : MemoryAccess::kIommu;
  if (no_iommu) LeaveToPolicyWithoutIommu(function);
  const auto members = MembersOf(host, group);
  const auto others = CompanionsOf(function, members);
  if (!others.empty()) LeaveToPolicy(function, "its group also gives " + others);
  const bool has_cdev = AddCdev(host, function, queue);
  const std::string node = "/dev/vfio/" + std::string(no_iommu ? "noiommu-" : "") + group;
  if (!group.empty() && (host.Exists(node) || !has_cdev)) {
    CheckMembers(members, LastName(function.path), group, queue);
    AddNode(host, node, queue);
    AddCommon(host, "/dev/vfio/vfio", queue);
  }
  if (group.empty() && !has_cdev) MakeUnhealthy(queue.health, std::string(reasons::kNoIommu) + " group");
  function.queues.push_back(std::move(queue));
}

void AddPassthrough(std::vector<std::string> known, Function& function) {
  function.operations = std::move(known);
  function.operations.emplace_back("passthrough");
  std::sort(function.operations.begin(), function.operations.end());
}

}  // namespace nacelle

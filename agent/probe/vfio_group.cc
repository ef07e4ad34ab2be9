// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/vfio_group.h"

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

void CheckMembers(const HostRoot& host, const std::string& group, Queue& queue) {
  const auto members = host.List(kGroups + group + "/devices");
  if (!members) return;  // the group's node will tell
  for (const auto& member : *members) {
    const auto device = FollowLink(host, kGroups + group + "/devices/" + member);
    const auto driver = device ? host.ReadLink(*device + "/driver") : device;
    if (!driver || LeavesGroupUsable(LastName(*driver))) continue;
    MakeUnhealthy(queue.health, "IOMMU group " + group + reasons::kGroupAlsoHolds + member + ", which driver " +
                                    LastName(*driver) + " keeps for the kernel");
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
    AddNode(host, path, queue);
    AddCommon(host, "/dev/iommu", queue);
    added = true;
  }
  return added;
}

}  // namespace

bool IsVfioDriver(const std::string& driver) {
  return driver.find("vfio") != std::string::npos;  // vfio-pci, mlx5_vfio_pci, vfio-platform
}

void AddVfioQueue(const HostRoot& host, Function& function) {
  Queue queue;
  queue.id = function.id;
  const auto& group = function.iommu_group;
  const auto name = group.empty() ? Result<std::string>(std::string()) : host.Read(kGroups + group + "/name");
  const bool no_iommu = name && *name == "vfio-noiommu";
  function.access = no_iommu ? MemoryAccess::kNone : MemoryAccess::kIommu;
  if (no_iommu) function.access_note = std::string(reasons::kNoIommu) + ": the device reaches all memory";
  const bool has_cdev = AddCdev(host, function, queue);
  const std::string node = "/dev/vfio/" + std::string(no_iommu ? "noiommu-" : "") + group;
  if (!group.empty() && (host.Exists(node) || !has_cdev)) {
    CheckMembers(host, group, queue);
    AddNode(host, node, queue);
    AddCommon(host, "/dev/vfio/vfio", queue);
  }
  if (group.empty() && !has_cdev) MakeUnhealthy(queue.health, std::string(reasons::kNoIommu) + " group");
  function.queues.push_back(std::move(queue));
}

}  // namespace nacelle

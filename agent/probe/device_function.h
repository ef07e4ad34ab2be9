// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/host_root.h"
#include "core/base/result.h"
#include "core/model/hardware.h"
#include "core/model/inventory.h"

namespace nacelle {

// The names in the folder of a family, sorted; none on a machine that does not
// have the family.
Result<std::vector<std::string>> ListFamily(const HostRoot& host, const std::string& folder);

// A function with all that the device at `path` (real, below /sys/devices)
// says of itself: id, place, driver, card. The rest is for the family.
Function DescribeDevice(const HostRoot& host, std::string_view family, const std::string& path,
                        std::vector<Problem>& problems);

// The id of the board that a PCI device sits on: its slot, or that of its
// physical function. Empty for what is no PCI device.
std::string CardOf(const HostRoot& host, const std::string& path);

// Where a link of sysfs leads, which is a real path: its target is relative,
// and no folder above it is a link. Reading further by that path, not through
// the link, is also what lets a machine be recorded.
Result<std::string> FollowLink(const HostRoot& host, const std::string& link);

// The same; what is there and cannot be followed is a problem.
std::optional<std::string> FollowPresent(const HostRoot& host, const std::string& link, std::vector<Problem>& problems);

// The device that the class device `name` in the folder of its class belongs to; what is
// there and leads to none is a problem.
std::optional<std::string> FollowToDevice(const HostRoot& host, const std::string& folder, const std::string& name,
                                          std::vector<Problem>& problems);

// The device that a bus or a driver shows as `name` in `folder`; absent where that is no
// link to one. The kernel names such links after the device (drivers/base/bus.c), so one
// that leads to another name is a problem, and is not followed.
std::optional<std::string> FindLinked(const HostRoot& host, const std::string& folder, const std::string& name,
                                      std::vector<Problem>& problems);

// The last name of a path, and what is before it.
std::string LastName(const std::string& path);
std::string FolderOf(const std::string& path);

// Whether `name` is `kind` with a number behind it ("wq0" for "wq").
bool IsNumbered(std::string_view name, std::string_view kind);

// The attribute, or nothing: what cannot be read is a problem.
std::string ReadWord(const HostRoot& host, const std::string& path, std::vector<Problem>& problems);

// Gives `queue` the node at `path`. One that is not there makes it unhealthy.
void AddNode(const HostRoot& host, const std::string& path, Queue& queue);
// Gives `queue` the link by which a class or bus shows it.
void AddLink(const HostRoot& host, const std::string& directory, const std::string& name, Queue& queue);

// Gives `function` a queue that has its own id, with the node at `node` and the link `name`
// in `folder` by which a class shows it.
Queue& AddOwnQueue(const HostRoot& host, Function& function, const std::string& node, const std::string& folder,
                   const std::string& name);

// "8086:0b25" of the PCI device at `path`, by one read; empty when it is no such thing.
std::string IdByAlias(const HostRoot& host, const std::string& path, std::vector<Problem>& problems);

// What the table has of the PCI device at `path`, by one read; absent when it is no
// such thing.
const PciHardware* FindByAlias(const HostRoot& host, const HardwareTable& table, const std::string& path,
                               std::vector<Problem>& problems);

// Offered only to a policy that selects it: `note` says what it gives besides itself.
void LeaveToPolicy(Function& function, const std::string& note);
// As it is with a device that reaches all memory, without an IOMMU.
void LeaveToPolicyWithoutIommu(Function& function);

// By which a class of many drivers tells its devices apart: the driver, or, of a device
// that has none, its own name without address and number ("rknn"); "unknown" without either.
std::string DriverOrDevice(const Function& function);

// Whether an IOMMU translates what the device does under its own driver: an identity
// domain lets it reach all memory (Documentation/ABI/testing/sysfs-kernel-iommu_groups).
bool IsTranslated(const HostRoot& host, const Function& function);

// A driver that maps buffers for its device, as those of accel and DRM do, does so by the
// IOMMU where one translates; without, it is not known what the device reaches.
MemoryAccess AccessByMappedBuffers(const HostRoot& host, const Function& function);

// The first reason stays.
void MakeUnhealthy(Health& health, std::string reason);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
// What of a reason tells its cause. Those who find something wrong build their
// sentence around these, and those who explain it (kubectl nacelle doctor, the
// taints of slices) look for them.
#pragma once

namespace nacelle::reasons {

inline constexpr char kNoDriver[] = "no driver bound";
inline constexpr char kHeldByDriver[] = "held by driver ";
inline constexpr char kNoUserQueue[] = "no user queue is configured";
inline constexpr char kUsedByKernel[] = "used by the kernel: ";
inline constexpr char kNoVirtualFunctions[] = "it has no virtual functions";
inline constexpr char kNotVfio[] = "not vfio-pci";
inline constexpr char kNoIommu[] = "no IOMMU";
inline constexpr char kGroupAlsoHolds[] = " also holds ";
inline constexpr char kDeviceIs[] = "device is ";
inline constexpr char kQueueIs[] = "queue is ";
inline constexpr char kIsolated[] = "isolated by the driver";
inline constexpr char kNoAnswer[] = "the device does not answer";
inline constexpr char kOtherNumbers[] = ": other device numbers than ";
inline constexpr char kAlsoClaimed[] = "its device node is also claimed by ";
inline constexpr char kReconfiguring[] = "reconfiguring";
inline constexpr char kPortErrors[] = "port errors ";
inline constexpr char kThermal[] = "thermal throttling";
inline constexpr char kBridgeDisabled[] = "bridge is disabled";
inline constexpr char kNoSva[] = "SVA was not negotiated";
inline constexpr char kMemoryAccessIs[] = "memory access is ";

}  // namespace nacelle::reasons

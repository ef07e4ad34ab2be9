// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <initializer_list>

#include "core/model/reasons.h"
#include "tools/kubectl-nacelle/doctor.h"

namespace nacelle::kubectl {
namespace {

using Findings = std::vector<Finding>;
using Words = std::initializer_list<std::string_view>;

bool Says(const std::string& text, Words words) {
  return std::any_of(words.begin(), words.end(), [&](auto word) { return text.find(word) != std::string::npos; });
}

// The functions of which the agent says one of these words: that they or one of
// their queues are not well, or what there is to say of their access.
Findings Functions(const ClusterView& view, Words words) {
  Findings found;
  for (const auto& node : view.nodes) {
    for (const auto& function : node.inventory.functions) {
      std::vector<std::string> texts = {function.health.reason, function.access_note};
      for (const auto& queue : function.queues) texts.push_back(queue.health.reason);
      const auto it = std::find_if(texts.begin(), texts.end(), [&](const auto& text) { return Says(text, words); });
      if (it != texts.end()) found.push_back({node.object.meta.name + '/' + function.id, *it});
    }
  }
  return found;
}

bool IsNotEnabled(const Health& health) {
  return health.reason.starts_with(reasons::kDeviceIs) || health.reason.starts_with(reasons::kQueueIs);
}

Findings NotEnabled(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    for (const auto& function : node.inventory.functions) {
      std::vector<Health> all = {function.health};
      for (const auto& queue : function.queues) all.push_back(queue.health);
      const auto it = std::find_if(all.begin(), all.end(), IsNotEnabled);
      if (it != all.end()) found.push_back({node.object.meta.name + '/' + function.id, it->reason});
    }
  }
  return found;
}

Findings SvaNotNegotiated(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    for (const auto& function : node.inventory.functions) {
      const bool without = function.family == "uacce" && function.access != MemoryAccess::kSva && !function.queues.empty();
      if (function.access_note.find(reasons::kNoSva) != std::string::npos) found.push_back({node.object.meta.name + '/' + function.id, function.access_note});
      if (without) found.push_back({node.object.meta.name + '/' + function.id, reasons::kMemoryAccessIs + std::string(Name(function.access))});
    }
  }
  return found;
}

Findings LocalityUnknown(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    if (node.inventory.numa.size() < 2) continue;
    for (const auto& function : node.inventory.functions) {
      if (!function.numa && !function.queues.empty()) found.push_back({node.object.meta.name + '/' + function.id, "its NUMA node is unknown"});
    }
  }
  return found;
}

Findings HiddenByRequirement(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    for (const auto& [object, message] : node.object.status.hidden) {
      if (Says(message, {reasons::kMemoryAccessIs})) found.push_back({node.object.meta.name + '/' + object, message});
    }
  }
  return found;
}

Findings OfferIsEmpty(const ClusterView& view) {
  Findings found;
  for (const auto& node : view.nodes) {
    for (const auto& offer : node.object.status.offers) {
      if (offer.devices == 0) found.push_back({node.object.meta.name, offer.resource + " has no device"});
    }
  }
  return found;
}

constexpr std::array kCauses = {
    Cause{"no-driver", "A known function has no driver, or one that shows no accelerator.", "modprobe its driver, or bind it: echo ADDRESS > /sys/bus/pci/drivers/DRIVER/bind.",
          [](const ClusterView& view) { return Functions(view, {reasons::kNoDriver, reasons::kHeldByDriver}); }},
    Cause{"no-user-queue", "An IDXD device has no queue for programs.",
          "accel-config config-wq DEVICE/wq0.0 --type=user …, then enable device and queue; queues of type kernel serve the kernel only.",
          [](const ClusterView& view) { return Functions(view, {reasons::kNoUserQueue, reasons::kUsedByKernel}); }},
    Cause{"no-virtual-functions", "A QAT device has no virtual functions.", "echo 16 > /sys/bus/pci/devices/ADDRESS/sriov_numvfs, and bind them to vfio-pci.",
          [](const ClusterView& view) { return Functions(view, {reasons::kNoVirtualFunctions}); }},
    Cause{"not-vfio", "A virtual function has a driver that is not vfio-pci.", "echo vfio-pci > …/driver_override, unbind it, and bind it to vfio-pci.",
          [](const ClusterView& view) { return Functions(view, {reasons::kNotVfio}); }},
    Cause{"iommu-off", "The IOMMU is off.", "Switch it on in the firmware, and boot with intel_iommu=on or amd_iommu=on (iommu.passthrough=0 on Arm).",
          [](const ClusterView& view) { return Functions(view, {reasons::kNoIommu}); }},
    Cause{"iommu-group-shared", "An IOMMU group also holds a device that the kernel keeps.",
          "Bind the other devices of the group to vfio-pci, or put the card into a slot whose root port has ACS.",
          [](const ClusterView& view) { return Functions(view, {reasons::kGroupAlsoHolds}); }},
    Cause{"sva-not-negotiated", "A uacce function does not reach memory by the program's own addresses, or its driver has made none for that.",
          "SVA needs an IOMMU that is on, in the translated mode, and a driver with uacce_mode=1.", SvaNotNegotiated},
    Cause{"queue-disabled", "A device or queue is not enabled.", "accel-config enable-device DEVICE, enable-wq DEVICE/WQ; for QAT: echo up > …/qat/state.",
          NotEnabled},
    Cause{"isolated", "The driver has isolated a function after errors.", "See the kernel's log; a reset of the function (echo 1 > …/reset) ends it, or the card is to be replaced.",
          [](const ClusterView& view) { return Functions(view, {reasons::kIsolated}); }},
    Cause{"no-heartbeat", "A device does not answer any more.", "See the kernel's log; reset the device, or restart the node.",
          [](const ClusterView& view) { return Functions(view, {reasons::kNoAnswer}); }},
    Cause{"node-of-another", "A device node in /dev is not that of its queue.", "Let udev or devtmpfs make it anew; something has put a node of its own there.",
          [](const ClusterView& view) { return Functions(view, {reasons::kOtherNumbers, reasons::kAlsoClaimed}); }},
    Cause{"reconfiguring", "An FPGA is being programmed.", "Wait; it recovers by itself. If it lasts, see who programs it.",
          [](const ClusterView& view) { return Functions(view, {reasons::kReconfiguring}); }},
    Cause{"fpga-error", "An FPGA's port reports errors, is too hot, or its bridge is off.",
          "Clear the errors (…/errors/errors) once their cause is gone; thermal throttling needs cooling and a reset.",
          [](const ClusterView& view) { return Functions(view, {reasons::kPortErrors, reasons::kThermal, reasons::kBridgeDisabled}); }},
    Cause{"locality-unknown", "Nobody says at which memory a function is.", "The firmware does not tell its NUMA node; write it to …/numa_node, or see a newer firmware.",
          LocalityUnknown},
    Cause{"hidden-by-requirement", "The policy requires a memory access that a function lacks.",
          "Change require.memoryAccess, or see sva-not-negotiated and iommu-off.", HiddenByRequirement},
    Cause{"empty-offer", "An offer has no device on a node.",
          "`kubectl exec -n nacelle-system POD -- nacelle-agent find QUERY --root /host` says what would come closest there, `kubectl nacelle find QUERY` asks all nodes.", OfferIsEmpty},
};

}  // namespace

std::span<const Cause> FunctionCauses() { return kCauses; }

}  // namespace nacelle::kubectl

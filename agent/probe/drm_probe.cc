// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/drm_probe.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/probe/device_function.h"
#include "agent/probe/kfd_topology.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/drm";
// The node that programs compute by, one for all GPUs of amdgpu: which of them an opener
// uses is limited by its access to their render nodes (kfd_devcgroup_check_permission in
// drivers/gpu/drm/amd/amdkfd).
constexpr const char* kComputeNode = "/dev/kfd";
constexpr const char* kSkipped = "no compute: KFD has not taken it up";

struct RenderNode {
  std::string name;    // "renderD128"
  std::string device;  // real path
};

// One of those that amdgpu registers for the partitions that a GPU may be divided into, as
// many as there may be at most (drivers/gpu/drm/amd/amdxcp).
bool IsOfPartition(const RenderNode& node) { return LastName(node.device).starts_with("amdgpu_xcp"); }

class Scanner {
 public:
  Scanner(const HostRoot& host, const HardwareTable& table) : host_(host), table_(table) {}

  Result<Findings> Scan() {
    const auto names = ListFamily(host_, kClass);
    if (!names) return names.error();
    for (const auto& name : *names) {
      if (!IsNumbered(name, "renderD")) continue;
      const auto path = FollowToDevice(host_, kClass, name, findings_.problems);
      // vgem lends buffers in memory, and renders nothing (drivers/gpu/drm/vgem).
      if (path && LastName(*path) != "vgem") nodes_.push_back({name, *path});
    }
    if (!nodes_.empty()) kfd_ = ReadKfdTopology(host_);
    const bool kfd_may_hide = !kfd_.complete && MayBeDivided();
    for (const auto& node : nodes_) {
      const bool is_spare = IsOfPartition(node) && !InKfd(node) && !kfd_may_hide;
      if (!is_spare) findings_.functions.push_back(Describe(node));
    }
    return std::move(findings_);
  }

 private:
  bool InKfd(const RenderNode& node) const { return kfd_.functions.contains(node.name); }

  // False where all GPUs that can be divided say that they are not.
  bool MayBeDivided() {
    bool one_says = false;
    for (const auto& node : nodes_) {
      if (IsOfPartition(node)) continue;
      const auto mode = host_.ReadOptional(node.device + "/current_compute_partition");
      if (mode && !*mode) continue;  // it cannot be divided
      if (!mode || **mode != "SPX") return true;
      one_says = true;
    }
    return !one_says;
  }

  Function Describe(const RenderNode& node) {
    auto function = DescribeDevice(host_, "drm", node.device, findings_.problems);
    function.interface = "render_" + DriverOrDevice(function);
    if (IsOfPartition(node)) FillFromGpu(node, function);
    function.access = AccessByMappedBuffers(host_, function);
    function.by_default = false;
    const bool is_amd = function.driver == "amdgpu" || IsOfPartition(node);
    const bool is_skipped = is_amd && kfd_.complete && !InKfd(node);
    const bool computes = is_amd && !is_skipped && host_.Exists(kComputeNode);
    const auto* known = FindPci(table_, function.vendor, function.device);
    function.operations = OperationsOr(known, computes ? std::vector<std::string>{"compute", "render"} : std::vector<std::string>{"render"});
    if (is_skipped) LeaveOutCompute(function);
    auto& queue = AddOwnQueue(host_, function, "/dev/dri/" + node.name, kClass, node.name);
    if (computes) {
      AddNode(host_, kComputeNode, queue);
      queue.nodes.back().common = true;
    }
    return function;
  }

  // The device of a partition says nothing; its GPU says where it lies, and what it is.
  void FillFromGpu(const RenderNode& node, Function& function) {
    const auto gpu = kfd_.functions.find(node.name);
    const auto path = gpu == kfd_.functions.end()
                          ? std::nullopt
                          : FollowPresent(host_, "/sys/bus/pci/devices/" + gpu->second, findings_.problems);
    if (!path) {
      function.access_note = "KFD does not tell the agent which GPU it is of, or whether a partition is behind it";
      return;
    }
    auto own = std::exchange(function, DescribeDevice(host_, "drm", *path, findings_.problems));
    function.id = std::move(own.id);
    function.interface = std::move(own.interface);
  }

  static void LeaveOutCompute(Function& function) {
    std::erase(function.operations, "compute");
    function.access_note = kSkipped;
    if (function.operations.empty()) function.health = {false, kSkipped};
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  Findings findings_;
  std::vector<RenderNode> nodes_;
  KfdTopology kfd_;
};

}  // namespace

Result<Findings> DrmProbe::Scan(const HostRoot& host) const { return Scanner(host, table_).Scan(); }

}  // namespace nacelle

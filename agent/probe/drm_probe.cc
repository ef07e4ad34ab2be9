// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/drm_probe.h"

#include <utility>

#include "agent/probe/device_function.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/drm";
// The node that programs compute by, one for all GPUs of amdgpu: which of them an opener
// uses is limited by its access to their render nodes (kfd_devcgroup_check_permission in
// drivers/gpu/drm/amd/amdkfd).
constexpr const char* kComputeNode = "/dev/kfd";

bool HasComputeNode(const HostRoot& host, const Function& function) {
  const auto driver = DriverOrDevice(function);
  return (driver == "amdgpu" || driver == "amdgpu_xcp") && host.Exists(kComputeNode);
}

}  // namespace

Result<Findings> DrmProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kClass);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!IsNumbered(name, "renderD")) continue;
    const auto path = FollowToDevice(host, kClass, name, findings.problems);
    if (!path) continue;
    auto function = DescribeDevice(host, "drm", *path, findings.problems);
    function.interface = "render_" + DriverOrDevice(function);
    function.access = AccessByMappedBuffers(host, function);
    const auto* known = FindPci(table_, function.vendor, function.device);
    const bool computes = HasComputeNode(host, function);
    function.operations = OperationsOr(known, computes ? std::vector<std::string>{"compute", "render"} : std::vector<std::string>{"render"});
    function.by_default = false;
    auto& queue = AddOwnQueue(host, function, "/dev/dri/" + name, kClass, name);
    if (computes) {
      AddNode(host, kComputeNode, queue);
      queue.nodes.back().common = true;
    }
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/fastrpc_probe.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "agent/probe/device_function.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/misc";
constexpr std::string_view kPrefix = "fastrpc-";

}  // namespace

Result<Findings> FastrpcProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kClass);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!name.starts_with(kPrefix)) continue;
    const auto path = FollowPresent(host, std::string(kClass) + "/" + name, findings.problems);
    if (!path) continue;
    auto function = DescribeDevice(host, "fastrpc", *path, findings.problems);
    const auto domain = name.substr(kPrefix.size());
    function.id = MakeId("fastrpc", domain);
    function.interface = "fastrpc_" + domain;
    std::replace(function.interface.begin(), function.interface.end(), '-', '_');
    function.operations = {"compute"};
    LeaveToPolicy(function, "a processor that all who open it share");
    AddOwnQueue(host, function, "/dev/" + name, kClass, name);
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

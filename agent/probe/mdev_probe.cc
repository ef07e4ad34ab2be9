// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/mdev_probe.h"

#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/vfio_group.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/mdev/devices";

// A type's name ("i915-GVTg_V5_4") in the letters of a resource name.
std::string InterfaceOf(const std::string& type) {
  std::string interface = "mdev_" + type;
  for (auto& c : interface) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-') c = '_';
  }
  return interface;
}

}  // namespace

Result<Findings> MdevProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = FollowLink(host, std::string(kBus) + "/" + name);
    if (!path) {
      if (host.Exists(std::string(kBus) + "/" + name)) findings.problems.push_back({name, path.error().message()});
      continue;
    }
    auto parent = DescribeDevice(host, "mdev", FolderOf(*path), findings.problems);
    auto function = DescribeDevice(host, "mdev", *path, findings.problems);
    function.vendor = std::move(parent.vendor);
    function.device = std::move(parent.device);
    function.card = std::move(parent.card);
    function.by_default = false;
    const auto type = host.ReadLink(*path + "/mdev_type");
    function.interface = InterfaceOf(type ? LastName(*type) : "unknown");
    const auto* known = FindPci(table_, function.vendor, function.device);
    AddPassthrough(known, function);
    AddVfioQueue(host, function);
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/parent_device.h"

#include <string_view>

#include "agent/probe/device_function.h"

namespace nacelle {
namespace {

constexpr std::string_view kDevices = "/sys/devices";

// "0x19e5" as "19e5"; empty when there is none.
std::string ReadPciId(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  const auto text = host.ReadOptional(path);
  if (!text) {
    problems.push_back({path, text.error().message()});
    return {};
  }
  if (!*text) return {};
  const std::string& id = **text;
  const bool is_id = id.size() == 6 && id.starts_with("0x") &&
                     id.find_first_not_of("0123456789abcdef", 2) == std::string::npos;
  if (is_id) return id.substr(2);
  problems.push_back({path, "no PCI id: '" + id.substr(0, 40) + "'"});
  return {};
}

std::string ReadLinkName(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  const auto target = host.ReadLink(path);
  if (target) return LastName(*target);
  if (target.error().code() != Code::kNotFound) problems.push_back({path, target.error().message()});
  return {};
}

// The kernel gives -1 for a device whose firmware says nothing, though a
// bridge above it may know (Documentation/ABI/testing/sysfs-bus-pci, numa_node).
std::optional<int> ReadNuma(const HostRoot& host, std::string path, std::vector<Problem>& problems) {
  while (path.size() > kDevices.size() && path.starts_with(kDevices)) {
    const auto numa = host.ReadNumber(path + "/numa_node");
    if (!numa) problems.push_back({path + "/numa_node", numa.error().message()});
    if (numa && *numa && **numa != -1) {
      if (**numa >= 0 && **numa <= 65535) return static_cast<int>(**numa);
      problems.push_back({path + "/numa_node", "no NUMA node: " + std::to_string(**numa)});
    }
    path.erase(path.rfind('/'));
  }
  return std::nullopt;
}

}  // namespace

ParentDevice ReadParentDevice(const HostRoot& host, const std::string& path) {
  ParentDevice parent;
  parent.path = path;
  parent.name = LastName(path);
  parent.vendor = ReadPciId(host, path + "/vendor", parent.problems);
  parent.device = ReadPciId(host, path + "/device", parent.problems);
  parent.driver = ReadLinkName(host, path + "/driver", parent.problems);
  parent.iommu_group = ReadLinkName(host, path + "/iommu_group", parent.problems);
  parent.numa = ReadNuma(host, path, parent.problems);
  return parent;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/kfd_topology.h"

#include <array>
#include <cstdio>
#include <sstream>

#include "agent/probe/device_function.h"

namespace nacelle {
namespace {

using Properties = std::map<std::string, unsigned long long>;

// "drm_render_minor 128", one a line.
Properties Parse(const std::string& text) {
  Properties properties;
  std::istringstream words(text);
  std::string name;
  for (unsigned long long value = 0; words >> name >> value;) properties[name] = value;
  return properties;
}

unsigned long long Value(const Properties& properties, const char* name) {
  const auto found = properties.find(name);
  return found == properties.end() ? 0 : found->second;
}

std::string AddressOf(unsigned long long domain, unsigned long long bus, unsigned long long device, unsigned long long number) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04llx:%02llx:%02llx.%llx", domain & 0xffffffff, bus, device, number);
  return text.data();
}

// The lower half of location_id is the PCI function, the rest the partition's; the first
// kernels with partitions had theirs in the number of the function, too.
std::string FunctionAt(const HostRoot& host, const Properties& properties) {
  const auto location = Value(properties, "location_id");
  const auto domain = Value(properties, "domain");
  const auto bus = (location >> 8) & 0xff;
  const auto device = (location >> 3) & 0x1f;
  auto address = AddressOf(domain, bus, device, location & 7);
  return host.Exists("/sys/bus/pci/devices/" + address) ? address : AddressOf(domain, bus, device, 0);
}

}  // namespace

KfdTopology ReadKfdTopology(const HostRoot& host) {
  KfdTopology topology;
  const auto kfd = FollowLink(host, "/sys/class/kfd/kfd");
  const auto folder = kfd ? *kfd + "/topology/nodes" : "";
  const auto nodes = kfd ? host.List(folder) : Result<std::vector<std::string>>(kfd.error());
  topology.complete = nodes.ok();
  for (const auto& node : nodes ? *nodes : std::vector<std::string>()) {
    const auto text = host.Read(folder + "/" + node + "/properties");
    topology.complete = topology.complete && text;
    const auto properties = text ? Parse(*text) : Properties();
    const auto minor = Value(properties, "drm_render_minor");
    // Old kernels do not say which render node a GPU has; of processors none do.
    if (minor == 0 && Value(properties, "simd_count") > 0) topology.complete = false;
    if (minor == 0) continue;
    topology.functions["renderD" + std::to_string(minor)] = FunctionAt(host, properties);
  }
  return topology;
}

}  // namespace nacelle

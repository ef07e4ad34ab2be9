// SPDX-License-Identifier: Apache-2.0
#include "agent/host/cpu_nodes.h"

#include <charconv>
#include <string>

#include "agent/host/id_list.h"

namespace nacelle {
namespace {

constexpr const char* kNodes = "/sys/devices/system/node";
constexpr std::string_view kPrefix = "node";

}  // namespace

std::map<int, int> ReadNumaOfCpus(const HostRoot& host) {
  std::map<int, int> nodes;
  const auto names = host.List(kNodes);
  if (!names) return nodes;
  for (const auto& name : *names) {
    int node = 0;
    const auto* last = name.data() + name.size();
    if (!name.starts_with(kPrefix)) continue;
    const auto [end, error] = std::from_chars(name.data() + kPrefix.size(), last, node);
    if (error != std::errc() || end != last) continue;
    const auto text = host.ReadOptional(std::string(kNodes) + '/' + name + "/cpulist");
    if (!text || !*text) continue;
    const auto cpus = ParseIdList(**text);
    if (!cpus) continue;
    for (const int cpu : *cpus) nodes[cpu] = node;
  }
  return nodes;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/cpu_nodes.h"

#include <string>

#include "agent/host/id_list.h"

namespace nacelle {

Result<std::map<int, int>> ReadCpuNodes(const HostRoot& host) {
  const std::string folder = "/sys/devices/system/node";
  const auto online = host.Read(folder + "/online");
  if (!online) return online.error();
  const auto nodes = ParseIdList(*online);
  if (!nodes) return Error(nodes.error()).In(folder + "/online");
  std::map<int, int> node_of;
  for (const int node : *nodes) {
    const auto list = host.Read(folder + "/node" + std::to_string(node) + "/cpulist");
    const auto cpus = list ? ParseIdList(*list) : Result<std::vector<int>>(list.error());
    if (!cpus) continue;
    for (const int cpu : *cpus) node_of[cpu] = node;
  }
  return node_of;
}

}  // namespace nacelle

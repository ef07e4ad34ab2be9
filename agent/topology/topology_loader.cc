// SPDX-License-Identifier: Apache-2.0
#include "agent/topology/topology_loader.h"

#include <stdlib.h>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <type_traits>

#include <hwloc.h>
#include <hwloc/distances.h>

#include "core/model/inventory.h"

namespace nacelle {
namespace {

struct Destroy {
  void operator()(hwloc_topology_t topology) const { hwloc_topology_destroy(topology); }
};
using TopologyPtr = std::unique_ptr<std::remove_pointer_t<hwloc_topology_t>, Destroy>;

// A user's settings for other programs must not change what the agent finds.
constexpr const char* kForeignSettings[] = {
    "HWLOC_XMLFILE", "HWLOC_SYNTHETIC", "HWLOC_COMPONENTS", "HWLOC_THISSYSTEM", "HWLOC_CPUID_PATH",
    "HWLOC_DUMPED_HWDATA_DIR"};

// NUMA nodes and CPUs only: the rest is read from sysfs, or not needed.
int Configure(hwloc_topology_t topology) {
#ifdef __x86_64__
  // The x86 backend binds the thread to each CPU in turn. Elsewhere hwloc does not have
  // it, and refuses its name.
  if (hwloc_topology_set_components(topology, HWLOC_TOPOLOGY_COMPONENTS_FLAG_BLACKLIST, "x86") != 0) return -1;
#endif
  if (hwloc_topology_set_all_types_filter(topology, HWLOC_TYPE_FILTER_KEEP_NONE) != 0) return -1;
  // hwloc tells HBM from DRAM by comparing the nodes of one group.
  if (hwloc_topology_set_type_filter(topology, HWLOC_OBJ_GROUP, HWLOC_TYPE_FILTER_KEEP_STRUCTURE) != 0) return -1;
  return hwloc_topology_set_flags(topology, HWLOC_TOPOLOGY_FLAG_INCLUDE_DISALLOWED);
}

Result<TopologyPtr> LoadHwloc() {
  hwloc_topology_t raw = nullptr;
  if (hwloc_topology_init(&raw) != 0) return ErrnoError(errno, "hwloc");
  TopologyPtr topology(raw);
  if (Configure(raw) != 0 || hwloc_topology_load(raw) != 0) return ErrnoError(errno, "hwloc");
  // Where its Linux backend gives up, hwloc invents a machine.
  const char* backend = hwloc_obj_get_info_by_name(hwloc_get_root_obj(raw), "Backend");
  if (backend == nullptr || std::string_view(backend) != "Linux") {
    return Error(Code::kUnavailable, "hwloc: no CPUs in /sys/devices/system/cpu");
  }
  return topology;
}

std::vector<hwloc_obj_t> NodesById(hwloc_topology_t topology) {
  std::vector<hwloc_obj_t> nodes;
  hwloc_obj_t node = nullptr;
  while ((node = hwloc_get_next_obj_by_type(topology, HWLOC_OBJ_NUMANODE, node)) != nullptr) {
    nodes.push_back(node);
  }
  std::sort(nodes.begin(), nodes.end(), [](auto* a, auto* b) { return a->os_index < b->os_index; });
  return nodes;
}

int DistanceBetween(const hwloc_distances_s* matrix, hwloc_obj_t from, hwloc_obj_t to) {
  if (from == to && matrix == nullptr) return 10;  // a single node has no matrix
  if (matrix == nullptr) return kUnknownDistance;
  const auto* end = matrix->objs + matrix->nbobjs;
  const auto* row = std::find(matrix->objs, matrix->objs + matrix->nbobjs, from);
  const auto* column = std::find(matrix->objs, matrix->objs + matrix->nbobjs, to);
  if (row == end || column == end) return kUnknownDistance;
  const auto value = matrix->values[(row - matrix->objs) * matrix->nbobjs + (column - matrix->objs)];
  return static_cast<int>(std::min<std::uint64_t>(value, kUnknownDistance));
}

void FillDistances(hwloc_topology_t topology, const std::vector<hwloc_obj_t>& objects,
                   std::vector<TopologyNode>& nodes) {
  unsigned count = 1;
  hwloc_distances_s* matrix = nullptr;
  // The name of the matrix that the Linux backend makes from nodeN/distance.
  if (hwloc_distances_get_by_name(topology, "NUMALatency", &count, &matrix, 0) != 0 || count == 0) {
    matrix = nullptr;
  }
  for (std::size_t from = 0; from < objects.size(); ++from) {
    for (auto* to : objects) nodes[from].distances.push_back(DistanceBetween(matrix, objects[from], to));
  }
  if (matrix != nullptr) hwloc_distances_release(topology, matrix);
}

}  // namespace

TopologyLoader::TopologyLoader(const std::filesystem::path& prefix) {
  for (const char* name : kForeignSettings) unsetenv(name);
  if (prefix.empty()) {
    unsetenv("HWLOC_FSROOT");
  } else {
    setenv("HWLOC_FSROOT", prefix.c_str(), 1);
  }
  // Memory of NVIDIA's cards that is a NUMA node of the machine (POWER9, Grace Hopper).
  setenv("HWLOC_KEEP_NVIDIA_GPU_NUMA_NODES", "1", 1);
  setenv("HWLOC_HIDE_ERRORS", "2", 1);  // what goes wrong is a Result, not text on stderr
}

Result<Topology> TopologyLoader::Load() const {
  const auto loaded = LoadHwloc();
  if (!loaded) return loaded.error();
  const auto objects = NodesById(loaded->get());
  Topology topology;
  for (const auto* object : objects) {
    TopologyNode node;
    node.id = static_cast<int>(object->os_index);
    if (object->attr->numanode.local_memory > 0) node.capacity_bytes = object->attr->numanode.local_memory;
    if (object->subtype != nullptr) node.subtype = object->subtype;
    topology.nodes.push_back(std::move(node));
  }
  FillDistances(loaded->get(), objects, topology.nodes);
  return topology;
}

}  // namespace nacelle

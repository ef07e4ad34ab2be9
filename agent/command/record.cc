// SPDX-License-Identifier: Apache-2.0
#include "agent/command/record.h"

#include <initializer_list>
#include <string_view>
#include <vector>

#include "agent/command/machine_root.h"
#include "agent/discovery/fact_reader.h"
#include "agent/host/machine_text.h"
#include "agent/probe/builtin_probes.h"
#include "core/config/hardware_file.h"

namespace nacelle {
namespace {

constexpr std::string_view kCpus = "/sys/devices/system/cpu";
constexpr std::string_view kNodes = "/sys/devices/system/node";

bool IsNumbered(const std::string& name, std::string_view kind) {
  return name.starts_with(kind) && name.size() > kind.size() &&
         name.find_first_not_of("0123456789", kind.size()) == std::string::npos;
}

// Reading is recording: `host` notes what it sees. What is absent stays absent.
void ReadAll(const HostRoot& host, const std::string& folder, std::initializer_list<const char*> names) {
  for (const char* name : names) static_cast<void>(host.Read(folder + "/" + name));
}

// The folders "<kind><number>" in `folder`; none when it cannot be read.
std::vector<std::string> Numbered(const HostRoot& host, const std::string& folder, std::string_view kind) {
  std::vector<std::string> numbered;
  const auto names = host.List(folder);
  if (!names) return numbered;
  for (const auto& name : *names) {
    if (IsNumbered(name, kind)) numbered.push_back(folder + "/" + name);
  }
  return numbered;
}

void ReadCpu(const HostRoot& host, const std::string& cpu) {
  ReadAll(host, cpu + "/topology", {"core_id", "physical_package_id", "core_cpus", "package_cpus"});
  // The names of these two before 5.6.
  if (!host.Exists(cpu + "/topology/core_cpus")) {
    ReadAll(host, cpu + "/topology", {"thread_siblings", "core_siblings"});
  }
}

void ReadNode(const HostRoot& host, const std::string& node) {
  ReadAll(host, node, {"cpulist", "cpumap", "distance", "meminfo"});
  for (const char* access : {"/access0/initiators", "/access1/initiators"}) {
    ReadAll(host, node + access, {"read_bandwidth", "read_latency", "write_bandwidth", "write_latency"});
    for (const auto& initiator : Numbered(host, node + access, "node")) static_cast<void>(host.ReadLink(initiator));
  }
}

// By the driver that they have, hwloc knows the memories that are NUMA nodes.
void ReadKmem(const HostRoot& host) {
  const std::string folder = "/sys/bus/dax/drivers/kmem";
  const auto names = host.List(folder);
  if (!names) return;
  for (const auto& name : *names) {
    if (name.starts_with("dax")) static_cast<void>(host.Resolve(folder + "/" + name));
  }
}

// hwloc looks at more, but with these it comes to the same nodes and distances.
void ReadForHwloc(const HostRoot& host) {
  const std::string cpus(kCpus);
  const std::string nodes(kNodes);
  ReadKmem(host);
  ReadAll(host, cpus, {"online", "possible", "present"});
  ReadAll(host, nodes, {"online", "possible", "has_cpu", "has_memory"});
  for (const auto& node : Numbered(host, nodes, "node")) ReadNode(host, node);
  for (const auto& cpu : Numbered(host, cpus, "cpu")) ReadCpu(host, cpu);
}

// Everything but the size changes from second to second.
void KeepMemTotal(std::string& meminfo) {
  const auto at = meminfo.find("MemTotal:");
  if (at == std::string::npos) return;
  const auto begin = meminfo.rfind('\n', at);
  const auto first = begin == std::string::npos ? 0 : begin + 1;
  meminfo = meminfo.substr(first, meminfo.find('\n', at) - first) + "\n";
}

// Of the processors, only what they can do: it is asked for ENQCMD.
void KeepFlags(std::string& cpuinfo) {
  const auto lines = "\n" + cpuinfo;
  const auto at = lines.find("\nflags");
  cpuinfo = at == std::string::npos ? "" : lines.substr(at + 1, lines.find('\n', at + 1) - at - 1) + "\n";
}

}  // namespace

Result<std::string> RecordMachine(const std::string& root, const std::string& hardware) {
  const auto table = LoadHardware(hardware);
  if (!table) return Error(table.error()).In("--hardware");
  const auto machine = MachineRoot::Open(root);
  if (!machine) return machine.error();
  MachineTree tree;
  const HostRoot host(machine->prefix(), &tree);
  const TopologyLoader topology(machine->prefix());
  const auto probes = BuiltinProbes(*table);
  FactReader(host, topology, probes, *table, "").Read();
  ReadForHwloc(host);
  for (auto& [path, entry] : tree) {
    if (path.ends_with("/meminfo")) KeepMemTotal(entry.text);
    if (path == "/proc/cpuinfo") KeepFlags(entry.text);
  }
  return FormatMachine(tree);
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/record.h"

#include <string_view>

#include "agent/command/machine_root.h"
#include "agent/discovery/fact_reader.h"
#include "agent/host/machine_text.h"
#include "agent/probe/builtin_probes.h"

namespace nacelle {
namespace {

constexpr std::string_view kSystem = "/sys/devices/system";

bool IsNumbered(const std::string& name, std::string_view kind) {
  return name.starts_with(kind) && name.size() > kind.size() &&
         name.find_first_not_of("0123456789", kind.size()) == std::string::npos;
}

// Reading is recording: `host` notes what it sees. What is absent stays absent.
void ReadAll(const HostRoot& host, const std::string& folder, std::initializer_list<const char*> names) {
  for (const char* name : names) static_cast<void>(host.Read(folder + "/" + name));
}

// hwloc looks at more, but with these it comes to the same nodes and distances.
void ReadForHwloc(const HostRoot& host) {
  const std::string system(kSystem);
  ReadAll(host, system + "/cpu", {"online", "possible", "present"});
  ReadAll(host, system + "/node", {"online", "possible", "has_cpu", "has_memory"});
  for (const auto& name : host.List(system + "/node").ok() ? *host.List(system + "/node") : std::vector<std::string>()) {
    if (!IsNumbered(name, "node")) continue;
    ReadAll(host, system + "/node/" + name, {"cpulist", "cpumap", "distance", "meminfo"});
    for (const char* access : {"/access0/initiators", "/access1/initiators"}) {
      ReadAll(host, system + "/node/" + name + access,
              {"read_bandwidth", "read_latency", "write_bandwidth", "write_latency"});
    }
  }
  for (const auto& name : host.List(system + "/cpu").ok() ? *host.List(system + "/cpu") : std::vector<std::string>()) {
    if (!IsNumbered(name, "cpu")) continue;
    ReadAll(host, system + "/cpu/" + name + "/topology",
            {"core_cpus", "core_id", "package_cpus", "physical_package_id"});
  }
}

// Everything but the size changes from second to second.
void KeepMemTotal(std::string& meminfo) {
  const auto at = meminfo.find("MemTotal:");
  if (at == std::string::npos) return;
  const auto begin = meminfo.rfind('\n', at);
  const auto first = begin == std::string::npos ? 0 : begin + 1;
  meminfo = meminfo.substr(first, meminfo.find('\n', at) - first) + "\n";
}

}  // namespace

Result<std::string> RecordMachine(const std::string& root) {
  const auto machine = MachineRoot::Open(root);
  if (!machine) return machine.error();
  MachineTree tree;
  const HostRoot host(machine->prefix(), &tree);
  const TopologyLoader topology(machine->prefix());
  const auto probes = BuiltinProbes();
  FactReader(host, topology, probes, "").Read();
  ReadForHwloc(host);
  for (auto& [path, entry] : tree) {
    if (path.ends_with("/meminfo")) KeepMemTotal(entry.text);
  }
  return FormatMachine(tree);
}

}  // namespace nacelle

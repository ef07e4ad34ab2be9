// SPDX-License-Identifier: Apache-2.0
#include "agent/command/machine_view.h"

#include <utility>
#include <vector>

#include "agent/command/machine_root.h"
#include "agent/discovery/build_inventory.h"
#include "agent/discovery/cpu_nodes.h"
#include "agent/discovery/fact_reader.h"
#include "agent/probe/builtin_probes.h"
#include "core/base/join.h"
#include "core/config/hardware_file.h"

namespace nacelle {
namespace {

// "idxd-0000-6a-01-0-wq0 is open (clients: 1)", of each of its queues that is.
std::string OpenQueues(const Function& function, const std::map<std::string, int>& clients) {
  std::vector<std::string> open;
  for (const auto& queue : function.queues) {
    const auto found = clients.find(queue.id);
    if (found == clients.end() || found->second == 0) continue;
    open.push_back(queue.id + " is open (clients: " + std::to_string(found->second) + ")");
  }
  return Join(open, ", ");
}

// Figures of use belong to the moment, as what a command shows does. What has a queue open
// may be no pod's.
void NoteOpenQueues(const Facts& facts, SharedList<Function>& functions) {
  std::map<std::string, int> clients;
  for (const auto& family : facts.families) {
    if (family.findings) clients.insert(family.findings->clients.begin(), family.findings->clients.end());
  }
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const auto open = OpenQueues(std::as_const(functions)[i], clients);
    if (open.empty()) continue;
    auto& note = functions[i].access_note;
    note += (note.empty() ? "" : "; ") + open;
  }
}

}  // namespace

Result<MachineView> ReadMachine(const MachineSource& source) {
  const auto hardware = LoadHardware(source.hardware);
  if (!hardware) return Error(hardware.error()).In("--hardware");
  const auto machine = MachineRoot::Open(source.root);
  if (!machine) return machine.error();
  const HostRoot host(machine->prefix());
  const TopologyLoader topology(machine->prefix());
  const auto probes = BuiltinProbes(*hardware);
  MachineView view;
  FactReader reader(host, topology, probes, *hardware, source.node);
  reader.Read();
  view.inventory = BuildInventory(reader.facts(), {});
  NoteOpenQueues(reader.facts(), view.inventory.functions);
  if (auto nodes = ReadCpuNodes(host)) view.numa_of_cpu = *std::move(nodes);
  return view;
}

}  // namespace nacelle

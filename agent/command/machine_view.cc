// SPDX-License-Identifier: Apache-2.0
#include "agent/command/machine_view.h"

#include "agent/command/machine_root.h"
#include "agent/discovery/build_inventory.h"
#include "agent/discovery/cpu_nodes.h"
#include "agent/discovery/fact_reader.h"
#include "agent/probe/builtin_probes.h"
#include "core/config/hardware_file.h"

namespace nacelle {

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
  if (auto nodes = ReadCpuNodes(host)) view.numa_of_cpu = *std::move(nodes);
  return view;
}

}  // namespace nacelle

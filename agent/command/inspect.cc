// SPDX-License-Identifier: Apache-2.0
#include "agent/command/inspect.h"

#include "agent/command/machine_root.h"
#include "agent/discovery/build_inventory.h"
#include "agent/discovery/fact_reader.h"
#include "agent/probe/builtin_probes.h"
#include "core/config/hardware_file.h"
#include "core/describe/inventory_json.h"
#include "core/describe/inventory_table.h"
#include "core/describe/inventory_tree.h"

namespace nacelle {

Result<InspectFormat> ParseInspectFormat(const std::string& name) {
  if (name == "table") return InspectFormat::kTable;
  if (name == "json") return InspectFormat::kJson;
  if (name == "tree") return InspectFormat::kTree;
  return Error(Code::kInvalid, "-o: no such format: " + name + " (table, json, tree)");
}

Result<Inventory> InspectMachine(const std::string& root, const std::string& node) {
  const auto machine = MachineRoot::Open(root);
  if (!machine) return machine.error();
  const HostRoot host(machine->prefix());
  const TopologyLoader topology(machine->prefix());
  const auto hardware = BuiltinHardware();
  const auto probes = BuiltinProbes(hardware);
  return BuildInventory(FactReader(host, topology, probes, node).Read(), {});
}

std::string FormatInventory(const Inventory& inventory, InspectFormat format, bool colour) {
  const auto style = colour ? Colour::kYes : Colour::kNo;
  switch (format) {
    case InspectFormat::kTable: return FormatTable(inventory, style);
    case InspectFormat::kJson: return json::WritePretty(DescribeInventory(inventory));
    case InspectFormat::kTree: return FormatTree(inventory, style);
  }
  return {};
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/inspect.h"

#include "core/describe/inventory_json.h"
#include "core/describe/inventory_svg.h"
#include "core/describe/inventory_table.h"
#include "core/describe/inventory_tree.h"
#include "core/json/yaml_text.h"

namespace nacelle {
namespace {

std::map<std::string, FunctionUse> UsesOf(const std::map<std::string, std::string>& offers) {
  std::map<std::string, FunctionUse> uses;
  for (const auto& [function, resources] : offers) uses[function].offered = resources;
  return uses;
}

}  // namespace

Result<InspectFormat> ParseInspectFormat(const std::string& name) {
  if (name == "table") return InspectFormat::kTable;
  if (name == "json") return InspectFormat::kJson;
  if (name == "yaml") return InspectFormat::kYaml;
  if (name == "tree") return InspectFormat::kTree;
  if (name == "svg") return InspectFormat::kSvg;
  return Error(Code::kInvalid, "-o: no such format: " + name + " (table, json, yaml, tree, svg)");
}

std::string FormatInventory(const Inventory& inventory, InspectFormat format, bool colour,
                            const std::map<std::string, std::string>& offers) {
  const auto style = colour ? Colour::kYes : Colour::kNo;
  switch (format) {
    case InspectFormat::kTable: return FormatTable(inventory, style);
    case InspectFormat::kJson: return json::WritePretty(DescribeInventory(inventory, offers));
    case InspectFormat::kYaml: return json::WriteYaml(DescribeInventory(inventory, offers));
    case InspectFormat::kTree: return FormatTree(inventory, style);
    case InspectFormat::kSvg: return FormatSvg(inventory, UsesOf(offers));
  }
  return {};
}

}  // namespace nacelle

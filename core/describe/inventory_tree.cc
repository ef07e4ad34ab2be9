// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_tree.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace nacelle {
namespace {

// A line of the tree, with what hangs below it.
struct Branch {
  std::string label;
  std::vector<Branch> below;
};

// The branch of that label below `above`; made when there is none.
Branch& Below(Branch& above, const std::string& label) {
  const auto it = std::find_if(above.below.begin(), above.below.end(),
                               [&](const Branch& branch) { return branch.label == label; });
  if (it != above.below.end()) return *it;
  return above.below.emplace_back(Branch{label, {}});
}

std::vector<std::string> Components(std::string_view path) {
  std::vector<std::string> parts;
  constexpr std::string_view kDevices = "/sys/devices/";
  if (path.starts_with(kDevices)) path.remove_prefix(kDevices.size());
  while (!path.empty()) {
    const auto slash = path.find('/');
    if (slash != 0) parts.emplace_back(path.substr(0, slash));
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return parts;
}

// What the last but `depth`-th component of a device's path is called.
std::string BusLabel(const std::vector<std::string>& parts, std::size_t depth) {
  const std::string& name = parts[depth];
  if (!parts.front().starts_with("pci")) return name;
  if (depth == 0) return "PCI " + name.substr(3);
  return (depth == 1 ? "root port " : "switch port ") + name;
}

std::string QueueLabel(const Queue& queue) {
  std::string label = "queue " + queue.id;
  for (const auto& node : queue.nodes) label += "  " + node.path;
  if (queue.instances) label += "  " + std::to_string(*queue.instances) + " instances";
  return label;
}

std::string FunctionLabel(const Function& function, Colour colour) {
  std::string label = function.id + "  " + function.interface + " (";
  for (const auto& operation : function.operations) {
    label += (operation == function.operations.front() ? "" : " ") + operation;
  }
  label += ")  " + std::string(Name(function.access));
  return label + "  " + FormatHealth(function, colour);
}

void AddFunction(Branch& above, const Function& function, Colour colour) {
  const auto parts = Components(function.path);
  Branch* branch = &above;
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) branch = &Below(*branch, BusLabel(parts, i));
  const std::string device = parts.empty() ? "" : parts.back() + "  ";
  Branch leaf{device + FunctionLabel(function, colour), {}};
  for (const auto& queue : function.queues) leaf.below.push_back({QueueLabel(queue), {}});
  branch->below.push_back(std::move(leaf));
}

std::string DomainLabel(const MemoryDomain& domain, bool has_cpus) {
  std::string label = domain.id;
  if (domain.capacity_bytes) label += "  " + FormatBytes(*domain.capacity_bytes);
  if (has_cpus || domain.local_nodes.empty()) return label;
  label += "  local to node";
  for (const int node : domain.local_nodes) label += " " + std::to_string(node);
  return label;
}

Branch NumaBranch(const Inventory& inventory, const NumaNode& node, Colour colour) {
  Branch branch{"NUMA node " + std::to_string(node.id) + (node.has_cpus ? "" : " (no CPUs)"), {}};
  for (const auto& domain : inventory.domains) {
    if (domain.numa == node.id) branch.below.push_back({DomainLabel(domain, node.has_cpus), {}});
  }
  for (const auto& function : inventory.functions) {
    if (function.numa == node.id) AddFunction(branch, function, colour);
  }
  return branch;
}

// Functions whose node is unknown, or not among the nodes.
Branch HomelessBranch(const Inventory& inventory, Colour colour) {
  Branch branch{"NUMA node unknown", {}};
  for (const auto& function : inventory.functions) {
    const bool at_home = std::any_of(inventory.numa.begin(), inventory.numa.end(),
                                     [&](const NumaNode& node) { return node.id == function.numa; });
    if (!at_home) AddFunction(branch, function, colour);
  }
  return branch;
}

void Draw(const Branch& branch, const std::string& indent, std::string& text) {
  for (std::size_t i = 0; i < branch.below.size(); ++i) {
    const bool last = i + 1 == branch.below.size();
    text += indent + (last ? "└─ " : "├─ ") + branch.below[i].label + "\n";
    Draw(branch.below[i], indent + (last ? "   " : "│  "), text);
  }
}

Branch LinkBranch(const Inventory& inventory) {
  Branch branch{"links", {}};
  for (const auto& link : inventory.links) {
    if (link.from > link.to) continue;  // both directions are one line
    branch.below.push_back({link.from + " – " + link.to + "  " + std::string(Name(link.strength)) +
                                (link.assumed ? " (assumed)" : ""),
                            {}});
  }
  return branch;
}

}  // namespace

std::string FormatTree(const Inventory& inventory, Colour colour) {
  Branch root{inventory.node.empty() ? "machine" : inventory.node, {}};
  for (const auto& node : inventory.numa) root.below.push_back(NumaBranch(inventory, node, colour));
  for (auto branch : {HomelessBranch(inventory, colour), LinkBranch(inventory)}) {
    if (!branch.below.empty()) root.below.push_back(std::move(branch));
  }
  std::string text = root.label + "\n";
  Draw(root, "", text);
  for (const auto& [object, message] : inventory.problems) text += "problem: " + object + ": " + message + "\n";
  return text;
}

}  // namespace nacelle

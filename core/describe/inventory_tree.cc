// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_tree.h"

#include <string_view>
#include <utility>
#include <vector>

#include "core/describe/machine_blocks.h"
#include "core/describe/notes.h"
#include "core/describe/printable_inventory.h"

namespace nacelle {
namespace {

constexpr std::size_t kOperationsShown = 6;

// A line of the tree, with what hangs below it.
struct Branch {
  std::string label;
  std::vector<Branch> below;
};

std::string QueueLabel(const Queue& queue) {
  std::string label = "queue " + queue.id;
  for (const auto& node : queue.nodes) label += "  " + node.path;
  if (queue.instances) label += "  " + std::to_string(*queue.instances) + (*queue.instances == 1 ? " instance" : " instances");
  for (const auto& [name, figure] : queue.figures) {
    label += (name == queue.figures.begin()->first ? "  " : ", ") + name + " " + std::to_string(figure);
  }
  if (!queue.health.healthy) label += "  unhealthy: " + queue.health.reason;
  return label;
}

std::string FunctionLabel(const Notes& notes, const Function& function, Colour colour) {
  std::string label = function.id + "  " + function.interface + " (" + Shortened(function.operations, kOperationsShown, " ") + ")";
  if (!function.name.empty()) label += "  " + function.name;
  return label + "  " + notes.AccessOf(function) + "  " + FormatHealth(function, colour);
}

std::string DomainLabel(const MemoryDomain& domain) {
  std::string label = domain.id;
  if (domain.capacity_bytes) label += "  " + FormatBytes(*domain.capacity_bytes);
  if (domain.card.empty() && (domain.local_nodes.size() != 1 || domain.local_nodes.front() != domain.numa)) {
    label += domain.local_nodes.empty() ? "" : "  local to node";
    for (const int node : domain.local_nodes) label += " " + std::to_string(node);
  }
  return label;
}

Branch BranchOf(const MachineBlock& block, const Notes& notes, Colour colour) {
  Branch branch{block.title, {}};
  if (block.function != nullptr) {
    const auto devices = DevicesOnPath(block.function->path);
    branch.label = (devices.empty() ? "" : devices.back() + "  ") + FunctionLabel(notes, *block.function, colour);
    for (const auto& queue : block.function->queues) branch.below.push_back({QueueLabel(queue), {}});
  }
  for (const auto* domain : block.memories) branch.below.push_back({DomainLabel(*domain), {}});
  for (const auto& below : block.below) branch.below.push_back(BranchOf(below, notes, colour));
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

std::string FormatTree(const Inventory& given, Colour colour) {
  const auto inventory = PrintableInventory(given);
  const Notes notes(inventory);
  Branch root{inventory.node.empty() ? "machine" : inventory.node, {}};
  for (const auto& block : BuildMachineBlocks(inventory)) root.below.push_back(BranchOf(block, notes, colour));
  if (auto links = LinkBranch(inventory); !links.below.empty()) root.below.push_back(std::move(links));
  std::string text = root.label + "\n";
  Draw(root, "", text);
  for (const auto& note : notes.Lines()) text += note + "\n";
  for (const auto& [object, message] : inventory.problems) text += "problem: " + object + ": " + message + "\n";
  return text;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/describe/machine_blocks.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "core/model/pci_path.h"

namespace nacelle {
namespace {

using Kind = MachineBlock::Kind;

// The block of that title below `above`; made when there is none.
MachineBlock& Below(MachineBlock& above, const std::string& title) {
  const auto it = std::find_if(above.below.begin(), above.below.end(), [&](const MachineBlock& block) {
    return block.kind == Kind::kBridge && block.title == title;
  });
  if (it != above.below.end()) return *it;
  return above.below.emplace_back(MachineBlock{.kind = Kind::kBridge, .title = title});
}

// A bridge that holds one bridge and nothing else says the same in one box.
void MergeLoneBridges(MachineBlock& block) {
  for (auto& below : block.below) MergeLoneBridges(below);
  if (block.kind != Kind::kBridge || block.below.size() != 1 || block.below[0].kind != Kind::kBridge) return;
  auto only = std::move(block.below[0]);
  only.title = block.title + " / " + only.title;
  block = std::move(only);
}

class Builder {
 public:
  explicit Builder(const Inventory& inventory) : inventory_(inventory) {}

  std::vector<MachineBlock> Build() {
    std::map<int, MachineBlock> packages;
    std::vector<MachineBlock> others;
    for (const auto& node : inventory_.numa) {
      auto block = NodeBlock(node);
      if (block.memories.empty() && block.below.empty() && !node.has_cpus) continue;
      const auto package = PackageOf(node);
      if (!package) {
        others.push_back(std::move(block));
        continue;
      }
      auto& holder = packages[*package];
      holder.title = "Package " + std::to_string(*package);
      holder.below.push_back(std::move(block));
    }
    std::vector<MachineBlock> blocks;
    for (auto& [number, package] : packages) blocks.push_back(std::move(package));
    std::move(others.begin(), others.end(), std::back_inserter(blocks));
    if (auto homeless = HomelessBlock(); !homeless.below.empty()) blocks.push_back(std::move(homeless));
    for (auto& block : blocks) MergeLoneBridges(block);
    return blocks;
  }

 private:
  const NumaNode* Find(int id) const {
    const auto& all = inventory_.numa;
    const auto it = std::find_if(all.begin(), all.end(), [&](const NumaNode& node) { return node.id == id; });
    return it == all.end() ? nullptr : &*it;
  }

  bool HasFunctions(int node) const {
    const auto& all = inventory_.functions;
    return std::any_of(all.begin(), all.end(), [&](const Function& function) { return function.numa == node; });
  }

  std::optional<int> PackageOf(const NumaNode& node) const {
    if (node.package) return node.package;
    std::optional<int> package;
    for (const auto& domain : inventory_.domains) {
      if (domain.numa != node.id) continue;
      for (const int local : domain.local_nodes) {
        const auto* at = Find(local);
        if (at == nullptr || !at->package || (package && package != at->package)) return std::nullopt;
        package = at->package;
      }
    }
    return package;
  }

  // Whether the domain is shown in the box of the node `id`.
  bool BelongsTo(const MemoryDomain& domain, int id) const {
    if (!domain.numa) return false;
    const auto* own = Find(*domain.numa);
    const bool moves = own != nullptr && !own->has_cpus && !HasFunctions(own->id) && domain.local_nodes.size() == 1;
    return id == (moves ? domain.local_nodes.front() : *domain.numa);
  }

  MachineBlock NodeBlock(const NumaNode& node) const {
    MachineBlock block{.kind = Kind::kNode, .title = "NUMA node " + std::to_string(node.id) + (node.has_cpus ? "" : " (no CPUs)")};
    for (const auto& domain : inventory_.domains) {
      if (BelongsTo(domain, node.id)) block.memories.push_back(&domain);
    }
    for (const auto& function : inventory_.functions) {
      if (function.numa == node.id) AddFunction(block, function);
    }
    return block;
  }

  MachineBlock HomelessBlock() const {
    MachineBlock block{.kind = Kind::kNode, .title = "NUMA node unknown"};
    for (const auto& function : inventory_.functions) {
      if (!function.numa || Find(*function.numa) == nullptr) AddFunction(block, function);
    }
    return block;
  }

  void AddFunction(MachineBlock& node, const Function& function) const {
    const auto devices = DevicesOnPath(function.path);
    auto* at = &node;
    for (std::size_t i = 0; i + 1 < devices.size(); ++i) at = &Below(*at, BridgeTitle(devices, i));
    MachineBlock leaf{.kind = Kind::kFunction, .title = function.id, .function = &function};
    for (const auto& domain : inventory_.domains) {
      if (!domain.card.empty() && domain.card == function.card) leaf.memories.push_back(&domain);
    }
    at->below.push_back(std::move(leaf));
  }

  const Inventory& inventory_;
};

}  // namespace

std::vector<std::string> DevicesOnPath(std::string_view path) {
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

std::string BridgeTitle(const std::vector<std::string>& devices, std::size_t depth) {
  const std::string& name = devices[depth];
  if (IsPciRoot(name)) return "PCI " + name.substr(3);
  auto root = depth;
  while (root > 0 && !IsPciRoot(devices[root])) --root;
  // Outside PCI, or what has a root bus of its own: a host bridge, VMD.
  if (!IsPciRoot(devices[root]) || (depth + 1 < devices.size() && IsPciRoot(devices[depth + 1]))) return name;
  if (depth - root == 1) return "root port " + name;
  // A switch is its upstream port, with the others below.
  return ((depth - root) % 2 == 0 ? "switch " : "switch port ") + name;
}

std::vector<MachineBlock> BuildMachineBlocks(const Inventory& inventory) { return Builder(inventory).Build(); }

}  // namespace nacelle

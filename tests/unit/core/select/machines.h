// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "core/model/inventory.h"
#include "core/select/query_parser.h"

namespace nacelle {

// The query of a text that has no mistake.
inline Query Q(std::string_view text) {
  auto query = ParseQuery(text);
  return query ? *query : Query{};
}

// A function with one queue of the same id that can be opened.
inline Function MakeFunction(std::string id, std::optional<int> numa, std::vector<std::string> operations) {
  Function function{.id = id, .family = "uacce", .interface = "sw", .operations = std::move(operations), .numa = numa};
  function.queues = {{.id = id, .nodes = {{.path = "/dev/" + id, .major = 1}}}};
  return function;
}

// Two sockets, each with DRAM and an HBM node; distances as a Xeon Max has them.
//   numa 0, 1 with CPUs; 2 = HBM of 0; 3 = HBM of 1
inline Inventory TwoSockets() {
  Inventory inventory{.node = "n"};
  inventory.numa = {{0, true, {10, 21, 13, 23}},
                    {1, true, {21, 10, 23, 13}},
                    {2, false, {13, 23, 10, 23}},
                    {3, false, {23, 13, 23, 10}}};
  inventory.domains = {{"dram-0", MemoryKind::kDram, "", 0, {}, {0}},
                       {"dram-1", MemoryKind::kDram, "", 1, {}, {1}},
                       {"hbm-2", MemoryKind::kHbm, "", 2, {}, {0}},
                       {"hbm-3", MemoryKind::kHbm, "", 3, {}, {1}}};
  return inventory;
}

inline void SortInventory(Inventory& inventory) {
  const auto by_id = [](const auto& a, const auto& b) { return a.id < b.id; };
  std::sort(inventory.functions.begin(), inventory.functions.end(), by_id);
  for (auto& function : inventory.functions) std::sort(function.queues.begin(), function.queues.end(), by_id);
  std::sort(inventory.links.begin(), inventory.links.end(), [](const Link& a, const Link& b) {
    return std::tie(a.from, a.to, a.strength) < std::tie(b.from, b.to, b.strength);
  });
  std::sort(inventory.affinities.begin(), inventory.affinities.end(), [](const Affinity& a, const Affinity& b) {
    return std::tie(a.place, a.distance, a.domain) < std::tie(b.place, b.distance, b.domain);
  });
}

// Small machines of every kind, the same for the same seed.
class RandomMachine {
 public:
  explicit RandomMachine(unsigned seed) : random_(seed) {}

  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  // At most `most` queues.
  Inventory Make(int most) {
    Inventory inventory{.node = "n"};
    AddNodes(inventory, 1 + Below(4));
    int queues = Below(most + 1);
    for (int i = 0; queues > 0; ++i) queues -= AddFunction(inventory, i, queues);
    AddLinks(inventory);
    SortInventory(inventory);
    return inventory;
  }

 private:
  void AddNodes(Inventory& inventory, int nodes) {
    for (int i = 0; i < nodes; ++i) {
      NumaNode node{i, Below(4) > 0, {}};
      for (int j = 0; j < nodes; ++j) node.distances.push_back(i == j ? 10 : 11 + Below(3) * 5);
      inventory.numa.push_back(node);
      const bool hbm = Below(2) == 0;
      MemoryDomain domain{(hbm ? "hbm-" : "dram-") + std::to_string(i), hbm ? MemoryKind::kHbm : MemoryKind::kDram,
                          "", i, {}, {}};
      for (int j = 0; j < nodes; ++j) {
        if (Below(2) == 0) domain.local_nodes.push_back(j);
      }
      inventory.domains.push_back(domain);
    }
    if (Below(2) == 0) AddCard(inventory);
    std::sort(inventory.domains.begin(), inventory.domains.end(), [](auto& a, auto& b) { return a.id < b.id; });
  }

  void AddCard(Inventory& inventory) {
    inventory.domains.push_back({"hbm-card", MemoryKind::kHbm, "", {}, {}, {}, "card"});
    inventory.affinities = {{"/card", "hbm-card", 0, {}, {}}, {"", "hbm-card", kUnknownDistance, {}, {}}};
    for (const auto& node : inventory.numa) {
      const auto place = "numa-" + std::to_string(node.id);
      inventory.affinities.push_back({place, "hbm-card", 20 + Below(2), {}, {}});
      inventory.affinities.push_back({place + "/card", "hbm-card", 0, {}, {}});
    }
  }

  int AddFunction(Inventory& inventory, int index, int most) {
    const int nodes = static_cast<int>(inventory.numa.size());
    // Ids in no order that follows the nodes.
    auto function = MakeFunction("f" + std::to_string((index * 7 + 3) % 10) + std::to_string(index), Below(nodes), {});
    if (Below(8) == 0) function.numa.reset();
    const int kind = Below(5);
    if (kind != 0) function.operations.push_back("sha256");
    if (kind <= 2) function.operations.push_back("zlib");
    function.access = Below(2) == 0 ? MemoryAccess::kSva : MemoryAccess::kIommu;
    if (Below(2) == 0) function.path = "/sys/devices/pci0000:00/x";
    if (Below(9) == 0) function.health = {false, "broken"};
    const int queues = std::min(most, 1 + (Below(3) == 0 ? Below(3) : 0));
    for (int i = 1; i < queues; ++i) {
      function.queues.push_back(function.queues.front());
      function.queues.back().id += "." + std::to_string(i);
    }
    if (Below(2) == 0) function.card = "card";
    inventory.functions.push_back(function);
    return queues;
  }

  // Some cliques, as switches make them, and some links of no such order.
  void AddLinks(Inventory& inventory) {
    std::map<std::string, int> clique;
    const int cliques = 1 + Below(3);
    for (const auto& function : inventory.functions) clique[function.id] = Below(cliques + 1);
    for (const auto& from : inventory.functions) {
      for (const auto& to : inventory.functions) {
        if (from.id == to.id) continue;
        if (clique[from.id] == clique[to.id] && clique[from.id] > 0) {
          inventory.links.push_back({from.id, to.id, LinkStrength::kPeerToPeer, false});
        }
        if (Below(12) == 0) inventory.links.push_back({from.id, to.id, LinkStrength::kOnCard, false});
      }
    }
  }

  std::mt19937 random_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/function.h"
#include "core/model/shared_list.h"

namespace nacelle {

// A distance that is not known, in units of SLIT (10 = local).
inline constexpr int kUnknownDistance = 255;

enum class MemoryKind { kDram, kHbm, kCxl, kNvm };
std::string_view Name(MemoryKind kind);

// A NUMA node. Distances are SLIT (ACPI; /sys/devices/system/node/nodeN/distance).
struct NumaNode {
  int id = 0;
  bool has_cpus = false;
  // Distance to each node, in the order of Inventory::numa.
  std::vector<int> distances;
  std::optional<int> package;  // the socket of its CPUs; absent: none, or unknown

  bool operator==(const NumaNode&) const = default;
};

// A NUMA node's memory, or a card's own.
struct MemoryDomain {
  std::string id;  // "dram-0", "hbm-2"
  MemoryKind kind = MemoryKind::kDram;
  std::string decided_by;   // the rule that told the kind, for people
  std::optional<int> numa;  // absent for a card's memory
  std::optional<std::uint64_t> capacity_bytes;
  // The nodes with CPUs that are nearest to this memory, sorted.
  std::vector<int> local_nodes;
  std::string card;  // Function::card of those whose own memory it is; else empty

  bool operator==(const MemoryDomain&) const = default;
};

// How the functions of one place lie to a memory domain. Latency and bandwidth
// (HMAT) only where the machine gives them for just this pair.
struct Affinity {
  std::string place;  // see PlaceOf
  std::string domain;
  int distance = kUnknownDistance;
  std::optional<int> latency_ns;
  std::optional<int> bandwidth_mbps;  // MB/s

  bool operator==(const Affinity&) const = default;
};

enum class LinkStrength { kOnCard, kPeerToPeer, kSharedAddress };
std::string_view Name(LinkStrength strength);

// Data passes from one function to another without the CPU. Links by shared
// addresses are not stored: any two functions with MemoryAccess::kSva have one.
struct Link {
  std::string from;
  std::string to;
  LinkStrength strength = LinkStrength::kSharedAddress;
  // Nothing says that the way is open; only nothing says that it is closed.
  bool assumed = false;

  bool operator==(const Link&) const = default;
};

// Something that could not be read or makes no sense. Part of the result, not
// a failure of it.
struct Problem {
  std::string object;   // what it is about: an id or a path
  std::string message;

  bool operator==(const Problem&) const = default;
};

// All that is known of a node. Immutable once built; every vector is sorted,
// so equal machines give equal inventories.
struct Inventory {
  std::string node;
  SharedList<Function> functions;     // by id
  std::vector<NumaNode> numa;         // by id
  std::vector<MemoryDomain> domains;  // by id
  std::vector<Affinity> affinities;   // by place, distance, domain
  std::vector<Link> links;            // by from, to, strength
  std::vector<Problem> problems;      // by object, message

  bool operator==(const Inventory&) const = default;
};

// nullptr when there is none of that id.
const Function* FindFunction(const Inventory& inventory, std::string_view id);
const MemoryDomain* FindDomain(const Inventory& inventory, std::string_view id);

// Functions of one place lie alike to all memory: "numa-1"; of a card with memory
// of its own "numa-1/<card>". Without "numa-1" where the node is not known.
std::string PlaceOf(const Inventory& inventory, const Function& function);
// Nearest first.
std::span<const Affinity> AffinitiesOf(const Inventory& inventory, const Function& function);

// A queue with the function that it belongs to.
struct QueueRef {
  const Function* function = nullptr;
  const Queue* queue = nullptr;

  explicit operator bool() const { return queue != nullptr; }
};
QueueRef FindQueue(const Inventory& inventory, std::string_view queue_id);

// The health of a queue is the worse of its own and its function's.
Health EffectiveHealth(const QueueRef& ref);

// Between two nodes, one way; kUnknownDistance when either is absent or unknown.
int NumaDistance(const Inventory& inventory, std::optional<int> from, std::optional<int> to);

// Between two functions: the larger of both directions.
int FunctionDistance(const Inventory& inventory, const Function& a, const Function& b);

}  // namespace nacelle

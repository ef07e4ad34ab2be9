// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/fact_reader.h"

#include <algorithm>
#include <set>
#include <utility>

#include "agent/probe/unclaimed_devices.h"

namespace nacelle {
namespace {

std::vector<const Function*> FunctionsOf(const Facts& facts) {
  std::vector<const Function*> functions;
  for (const auto& family : facts.families) {
    if (!family.findings) continue;
    for (const auto& function : family.findings->functions) functions.push_back(&function);
  }
  return functions;
}

// For people; what is loaded into an FPGA has a name of its own.
std::string NameOf(const HardwareTable& hardware, const Function& function) {
  const auto* known = FindPci(hardware, function.vendor, function.device);
  const auto* afu = function.contents ? FindAfu(hardware, function.contents->id) : nullptr;
  std::string name = known != nullptr ? known->name : "";
  if (afu != nullptr) name += (name.empty() ? "" : ": ") + afu->name;
  return name;
}

// Only what has another name is changed: the others may be shared.
void NameAll(const HardwareTable& hardware, SharedList<Function>& functions) {
  for (std::size_t i = 0; i < functions.size(); ++i) {
    const auto& function = *functions.shared(i);
    if (!function.name.empty() && !function.contents) continue;
    if (auto name = NameOf(hardware, function); name != function.name) functions[i].name = std::move(name);
  }
}

bool IsSame(const Result<Findings>& a, const Result<Findings>& b) {
  if (!a || !b) return !a && !b && a.error() == b.error();
  return *a == *b;
}

bool IsInPlace(const Function& a, const Function& b) {
  return a.id == b.id && a.path == b.path && a.card == b.card && a.vendor == b.vendor && a.device == b.device &&
         a.driver == b.driver;
}

bool AreInPlace(const Result<Findings>& a, const Result<Findings>& b) {
  return a && b && std::equal(a->functions.begin(), a->functions.end(), b->functions.begin(), b->functions.end(), IsInPlace);
}

// hwloc has none where the row of one node is missing or is no row of numbers.
bool LacksDistances(const Topology& topology) {
  for (std::size_t from = 0; from < topology.nodes.size(); ++from) {
    const auto& distances = topology.nodes[from].distances;
    for (std::size_t to = 0; to < distances.size(); ++to) {
      if (from != to && distances[to] != kUnknownDistance) return false;
    }
  }
  return topology.nodes.size() > 1;
}

}  // namespace

FactReader::FactReader(const HostRoot& host, const TopologyLoader& topology,
                       const std::vector<std::unique_ptr<const Probe>>& probes, const HardwareTable& hardware,
                       std::string node)
    : host_(host), topology_(topology), probes_(probes), hardware_(hardware) {
  facts_.node = std::move(node);
}

// What cannot be read keeps its last values, with the reason beside them. A whole topology
// takes hwloc as long as a machine has CPUs: while all is as it was, the last one stays.
bool FactReader::ReadMemory(bool suspected) {
  MemoryView memory = facts_.memory;
  memory.problems.clear();
  auto facts = ReadMemoryFacts(host_, facts_.memory.facts);
  // hwloc invents a node where it finds none, so then it is not even asked.
  Result<Topology> topology = memory.topology;
  if (!facts) {
    topology = facts.error();
  } else if (suspected || !memory_known_ || facts->nodes != memory.facts) {
    topology = topology_.Load();
  }
  memory_known_ = topology.ok();
  if (facts) memory.problems = std::move(facts->problems);
  if (topology) {
    memory.facts = std::move(facts->nodes);
    memory.topology = *std::move(topology);
    if (LacksDistances(memory.topology)) {
      memory.problems.push_back({"/sys/devices/system/node", "no distances between NUMA nodes: a nodeN/distance is not there, "
                                                             "or is no row of a number for each node"});
    }
  } else {
    memory.problems.push_back({"topology", topology.error().message()});
  }
  const bool changed = memory != facts_.memory;
  facts_.memory = std::move(memory);
  return changed;
}

bool FactReader::ReadFamily(std::size_t index, const Suspects& suspects) {
  const auto& probe = *probes_[index];
  auto& family = facts_.families[index];
  const bool some = !suspects.everything && !suspects.paths.empty() && family.findings;
  auto findings = some ? probe.Rescan(host_, *family.findings, suspects.paths) : probe.Scan(host_);
  if (findings) NameAll(hardware_, findings->functions);
  if (IsSame(findings, family.findings)) return false;
  places_known_ = places_known_ && AreInPlace(findings, family.findings);
  family.findings = std::move(findings);
  // They stay until the next change.
  if (family.findings) family.findings->functions.shrink_to_fit();
  return true;
}

SharedList<Function> FactReader::ReadUnclaimed(const std::vector<const Function*>& found, const Suspects& suspects,
                                               std::vector<Problem>& problems) const {
  const ClaimedDevices claimed(found);
  std::set<std::string> unknown;
  for (const auto& family : facts_.families) {
    if (!family.findings) unknown.insert(family.family);
  }
  if (!suspects.everything) {
    return FindUnclaimedAgain(host_, hardware_, claimed, unknown, facts_.unclaimed, suspects.paths, problems);
  }
  auto unclaimed = FindUnclaimed(host_, hardware_, claimed, unknown, problems);
  if (unclaimed) return *std::move(unclaimed);
  problems.push_back({"pci", unclaimed.error().message()});
  return facts_.unclaimed;
}

void FactReader::ReadBetweenFunctions(const Suspects& suspects) {
  facts_.problems.clear();
  auto functions = FunctionsOf(facts_);
  facts_.unclaimed = ReadUnclaimed(functions, suspects, facts_.problems);
  for (const auto& function : std::as_const(facts_.unclaimed)) functions.push_back(&function);
  facts_.cards = ReadCardFacts(host_, hardware_, functions, facts_.problems);
  facts_.kinds = FindStatedKinds(hardware_, functions);
  AcsFacts acs;
  for (auto& path : PathsBetweenPeers(functions)) {
    const auto known = facts_.acs.find(path);
    const bool keep = known != facts_.acs.end() && !suspects.everything;
    const auto value = keep ? known->second : ReadAcs(host_, path);
    acs.emplace(std::move(path), value);
  }
  facts_.acs = std::move(acs);
}

// Whether what is between functions is as it was: it depends on where they are, and on
// devices of no family.
bool FactReader::IsBetweenKnown(const Suspects& suspects) const {
  if (!places_known_ || suspects.everything) return false;
  if (!suspects.unclaimed) return true;
  std::vector<Problem> problems;
  return ReadUnclaimed(FunctionsOf(facts_), suspects, problems) == facts_.unclaimed && problems.empty();
}

bool FactReader::Read(const Suspects& suspects) {
  const bool first = facts_.families.empty();
  for (const auto& probe : probes_) {
    if (first) facts_.families.push_back({std::string(probe->family()), Findings{}});
  }
  bool changed = first;
  if (suspects.memory || suspects.everything || !memory_known_) changed = ReadMemory(suspects.memory) || changed;
  for (std::size_t i = 0; i < probes_.size(); ++i) {
    if (!first && !suspects.everything && !suspects.families.contains(facts_.families[i].family)) continue;
    changed = ReadFamily(i, first ? Suspects{.everything = true} : suspects) || changed;
  }
  if (IsBetweenKnown(suspects)) return changed;
  const auto unclaimed = facts_.unclaimed;
  const auto cards = facts_.cards;
  const auto kinds = facts_.kinds;
  const auto acs = facts_.acs;
  const auto problems = facts_.problems;
  ReadBetweenFunctions(first ? Suspects{.everything = true} : suspects);
  places_known_ = true;
  return changed || unclaimed != facts_.unclaimed || cards != facts_.cards || kinds != facts_.kinds || acs != facts_.acs || problems != facts_.problems;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/fact_reader.h"

#include <utility>

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

}  // namespace

FactReader::FactReader(const HostRoot& host, const TopologyLoader& topology,
                       const std::vector<std::unique_ptr<const Probe>>& probes, const HardwareTable& hardware,
                       std::string node)
    : host_(host), topology_(topology), probes_(probes), hardware_(hardware), node_(std::move(node)) {}

// What cannot be read keeps its last values, with the reason beside them.
void FactReader::ReadMemory() {
  memory_.problems.clear();
  auto facts = ReadMemoryFacts(host_);
  if (!facts) {
    // hwloc invents a node where it finds none, so it is not even asked.
    memory_.problems.push_back({"topology", facts.error().message()});
    return;
  }
  memory_.problems = std::move(facts->problems);
  auto topology = topology_.Load();
  if (!topology) {
    memory_.problems.push_back({"topology", topology.error().message()});
    return;
  }
  memory_.facts = std::move(facts->nodes);
  memory_.topology = *std::move(topology);
  memory_known_ = true;
}

Facts FactReader::Read() {
  if (!memory_known_) ReadMemory();
  Facts facts;
  facts.node = node_;
  facts.memory = memory_;
  for (const auto& probe : probes_) {
    facts.families.push_back({std::string(probe->family()), probe->Scan(host_)});
  }
  const auto functions = FunctionsOf(facts);
  facts.cards = ReadCardFacts(host_, hardware_, functions, facts.problems);
  for (auto& path : PathsBetweenPeers(functions)) {
    const auto acs = ReadAcs(host_, path);
    facts.acs.emplace(std::move(path), acs);
  }
  return facts;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/card_facts.h"

#include <algorithm>
#include <map>
#include <utility>

namespace nacelle {
namespace {

// Absent where the driver states none of the card's own. Of a processor's graphics amdgpu
// states the part of the machine's memory that is set aside for them, and knows no vendor of
// it: then the attribute is not there, or says "unknown" (before 6.8). Nor does a virtual
// function know one: where the table says that the card has memory, the size counts.
std::optional<std::uint64_t> StatedBytes(const HostRoot& host, const Function& function, bool has_memory,
                                         std::vector<Problem>& problems) {
  if (function.driver != "amdgpu") return std::nullopt;
  const auto vendor = host.ReadOptional(function.path + "/mem_info_vram_vendor");
  if (!has_memory && vendor && (!*vendor || **vendor == "unknown")) return std::nullopt;
  const auto path = function.path + "/mem_info_vram_total";
  const auto bytes = host.ReadNumber(path);
  if (!bytes) problems.push_back({path, bytes.error().message()});
  if (!bytes || !*bytes || **bytes <= 0) return std::nullopt;
  return static_cast<std::uint64_t>(**bytes);
}

void AddMemory(const HostRoot& host, const Function& function, const PciHardware* known, CardFacts& facts,
               std::vector<Problem>& problems) {
  if (known != nullptr && known->memory && !facts.memory) {
    facts.memory = known->memory;
    facts.memory_rule = "hardware.yaml: " + known->name;
  }
  const auto stated = StatedBytes(host, function, known != nullptr && known->memory, problems);
  if (!stated) return;
  if (!facts.memory) facts.memory_rule = "dram for want of more: driver " + function.driver + " states the size alone";
  facts.memory = CardMemory{facts.memory.value_or(CardMemory{}).kind, stated};
}

}  // namespace

std::vector<CardFacts> ReadCardFacts(const HostRoot& host, const HardwareTable& table,
                                     const std::vector<const Function*>& functions, std::vector<Problem>& problems) {
  std::map<std::string, CardFacts> cards;
  for (const auto* function : functions) {
    if (function->card.empty()) continue;
    const auto* known = FindPci(table, function->vendor, function->device);
    CardFacts& facts = cards[function->card];
    AddMemory(host, *function, known, facts, problems);
    if (known != nullptr && known->chaining) facts.chained.push_back(function->id);
  }
  std::vector<CardFacts> list;
  for (auto& [card, facts] : cards) {
    if (!facts.memory && facts.chained.empty()) continue;
    facts.card = card;
    std::sort(facts.chained.begin(), facts.chained.end());
    list.push_back(std::move(facts));
  }
  return list;
}

}  // namespace nacelle

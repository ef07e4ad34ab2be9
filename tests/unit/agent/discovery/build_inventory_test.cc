// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/build_inventory.h"

#include <algorithm>
#include <utility>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Function MakeFunction(const std::string& id, unsigned minor) {
  Function function;
  function.id = id;
  function.family = "uacce";
  function.interface = "sw_zip";
  function.path = "/sys/devices/platform/" + id;
  Queue queue;
  queue.id = id;
  queue.nodes = {{"/dev/" + id, 245, minor}};
  function.queues = {queue};
  return function;
}

Facts FactsOf(std::vector<Function> functions, std::map<std::string, int> available = {}) {
  Facts facts;
  facts.node = "n1";
  Findings findings;
  findings.functions = std::move(functions);
  findings.available = std::move(available);
  facts.families.push_back({"uacce", std::move(findings)});
  return facts;
}

// Node 0 with CPUs, node 1 with HBM that node 0 reaches best.
MemoryView HbmMachine() {
  MemoryView memory;
  memory.topology.nodes = {{0, 1U << 30, "", {10, 17}}, {1, 1U << 30, "HBM", {17, 10}}};
  memory.facts = {{.node = 0, .has_cpus = true, .has_memory = true},
                  {.node = 1,
                   .has_memory = true,
                   .initiators = {0},
                   .read_latency_ns = 120,
                   .read_bandwidth_mbps = 81920}};
  return memory;
}

TEST(BuildInventory, TheOrderOfFactsDoesNotMatter) {
  EXPECT_EQ(BuildInventory(FactsOf({MakeFunction("a", 0), MakeFunction("b", 1)}), {}),
            BuildInventory(FactsOf({MakeFunction("b", 1), MakeFunction("a", 0)}), {}));
}

TEST(BuildInventory, InstancesAreTheLargestSeen) {
  const auto first = BuildInventory(FactsOf({MakeFunction("a", 0)}, {{"a", 16}}), {});
  EXPECT_EQ(first.functions[0].queues[0].instances, 16);
  const auto busy = BuildInventory(FactsOf({MakeFunction("a", 0)}, {{"a", 3}}), first);
  EXPECT_EQ(busy, first);
}

// As a probe gives them: what is free now is all that one look tells.
TEST(BuildInventory, AFunctionWhoseInstancesAreAllFreeIsTheOneThatWasFound) {
  auto function = MakeFunction("a", 0);
  function.queues[0].instances = 16;
  const auto idle = FactsOf({function}, {{"a", 16}});
  const auto first = BuildInventory(idle, {});
  EXPECT_EQ(first.functions.shared(0), std::as_const(idle.families[0].findings->functions).shared(0));
  function.queues[0].instances = 3;
  EXPECT_EQ(BuildInventory(FactsOf({function}, {{"a", 3}}), first).functions.shared(0), first.functions.shared(0));
}

TEST(BuildInventory, AtTheFirstLookOthersMayHaveInstances) {
  const InstanceMemory nothing;
  const auto first = BuildInventory(FactsOf({MakeFunction("a", 0)}, {{"a", 1}}), {}, &nothing);
  EXPECT_EQ(first.functions[0].queues[0].instances, 1);
  EXPECT_TRUE(first.functions[0].queues[0].instances_at_least);
  const auto later = BuildInventory(FactsOf({MakeFunction("a", 0), MakeFunction("b", 1)}, {{"a", 3}, {"b", 2}}), first);
  EXPECT_EQ(later.functions[0].queues[0].instances, 3);
  EXPECT_TRUE(later.functions[0].queues[0].instances_at_least);
  EXPECT_FALSE(later.functions[1].queues[0].instances_at_least);  // it came while the agent looked
}

TEST(BuildInventory, WhatAnEarlierRunSawOfInstancesCounts) {
  const InstanceMemory memory{.queues = {{"a", {16, false}}}};
  const auto first = BuildInventory(FactsOf({MakeFunction("a", 0)}, {{"a", 1}}), {}, &memory);
  EXPECT_EQ(first.functions[0].queues[0].instances, 16);
  EXPECT_FALSE(first.functions[0].queues[0].instances_at_least);
}

TEST(BuildInventory, OnAMachineThatHasJustStartedNobodyHasInstances) {
  const InstanceMemory fresh{.machine_is_fresh = true};
  const auto first = BuildInventory(FactsOf({MakeFunction("a", 0)}, {{"a", 1}}), {}, &fresh);
  EXPECT_FALSE(first.functions[0].queues[0].instances_at_least);
}

TEST(BuildInventory, AFamilyThatCannotBeExaminedKeepsItsFunctions) {
  const auto before = BuildInventory(FactsOf({MakeFunction("a", 0)}), {});
  Facts facts;
  facts.families.push_back({"uacce", Error(Code::kDenied, "/sys/class/uacce: Permission denied")});
  const auto now = BuildInventory(std::move(facts), before);
  EXPECT_EQ(now.functions, before.functions);
  EXPECT_EQ(now.problems,
            (std::vector<Problem>{{"uacce", "shown as last seen: /sys/class/uacce: Permission denied"}}));
}

TEST(BuildInventory, TwoQueuesThatClaimOneNodeAreUnhealthyAndNameEachOther) {
  const auto inventory = BuildInventory(FactsOf({MakeFunction("a", 5), MakeFunction("b", 5)}), {});
  EXPECT_EQ(inventory.functions[0].queues[0].health, (Health{false, "its device node is also claimed by b"}));
  EXPECT_EQ(inventory.functions[1].queues[0].health, (Health{false, "its device node is also claimed by a"}));
}

TEST(BuildInventory, ANodeThatIsCommonIsNoClaim) {
  auto a = MakeFunction("a", 0);
  auto b = MakeFunction("b", 1);
  for (auto* function : {&a, &b}) function->queues[0].nodes.push_back({"/dev/vfio/vfio", 10, 196, true});
  const auto inventory = BuildInventory(FactsOf({a, b}), {});
  EXPECT_TRUE(inventory.functions[0].queues[0].health.healthy);
}

TEST(BuildInventory, AnInterfaceThatMakesNoResourceNameIsUnhealthy) {
  for (const auto& interface : {std::string(), std::string(64, 'x'), std::string("-a"), std::string("a b")}) {
    auto function = MakeFunction("a", 0);
    function.interface = interface;
    EXPECT_FALSE(BuildInventory(FactsOf({function}), {}).functions[0].health.healthy) << interface;
  }
}

TEST(BuildInventory, ANumaNodeThatIsNotOnlineIsAProblemAndUnknown) {
  auto facts = FactsOf({MakeFunction("a", 0)});
  facts.families[0].findings->functions[0].numa = 9;
  facts.memory = HbmMachine();
  const auto inventory = BuildInventory(std::move(facts), {});
  EXPECT_EQ(inventory.functions[0].numa, std::nullopt);
  EXPECT_EQ(inventory.problems, (std::vector<Problem>{{"a", "its NUMA node 9 is not online"}}));
}

TEST(BuildInventory, WhereTheTopologyIsUnknownTheNumaNodeStays) {
  auto facts = FactsOf({MakeFunction("a", 0)});
  facts.families[0].findings->functions[0].numa = 9;
  EXPECT_EQ(BuildInventory(std::move(facts), {}).functions[0].numa, 9);
}

TEST(BuildInventory, AffinitiesAreByDistanceWithFiguresOfThatPairOnly) {
  auto facts = FactsOf({MakeFunction("a", 0)});
  facts.families[0].findings->functions[0].numa = 0;
  facts.memory = HbmMachine();
  EXPECT_EQ(BuildInventory(std::move(facts), {}).affinities,
            (std::vector<Affinity>{{"numa-0", "dram-0", 10, {}, {}}, {"numa-0", "hbm-1", 17, 120, 81920}}));
}

TEST(BuildInventory, AnUnknownNodeIsFarFromEverything) {
  auto facts = FactsOf({MakeFunction("a", 0)});
  facts.memory = HbmMachine();
  for (const auto& affinity : BuildInventory(std::move(facts), {}).affinities) {
    EXPECT_EQ(affinity.distance, kUnknownDistance);
    EXPECT_EQ(affinity.latency_ns, std::nullopt);
  }
}

TEST(BuildInventory, FunctionsOfOneCardLieToOtherMemoryAsTheirOwnNodesDo) {
  auto facts = FactsOf({MakeFunction("a", 0), MakeFunction("b", 1)});
  auto& functions = facts.families[0].findings->functions;
  functions[0].card = functions[1].card = "card-1";
  functions[1].numa = 0;
  facts.memory = HbmMachine();
  facts.cards = {{"card-1", CardMemory{MemoryKind::kHbm, 1U << 30}, "rule", {}}};
  const auto inventory = BuildInventory(std::move(facts), {});
  const auto to_dram = [&](std::size_t i) {
    return std::ranges::find(AffinitiesOf(inventory, inventory.functions[i]), "dram-0", &Affinity::domain)->distance;
  };
  EXPECT_EQ(to_dram(0), kUnknownDistance);
  EXPECT_EQ(to_dram(1), 10);
}

TEST(BuildInventory, ACardsMemoryIsAtNoDistanceOnTheCardAndBehindItsNodeElsewhere) {
  auto facts = FactsOf({MakeFunction("a", 0), MakeFunction("b", 1), MakeFunction("c", 2), MakeFunction("d", 3)});
  auto& functions = facts.families[0].findings->functions;
  functions[0].card = functions[1].card = "card-1";
  functions[0].numa = functions[1].numa = 1;
  functions[2].numa = 0;
  facts.memory = HbmMachine();
  facts.cards = {{"card-1", CardMemory{MemoryKind::kHbm, 1U << 30}, "rule", {}}};
  const auto inventory = BuildInventory(std::move(facts), {});
  const auto* domain = FindDomain(inventory, "hbm-card-1");
  ASSERT_NE(domain, nullptr);
  EXPECT_EQ(domain->card, "card-1");
  EXPECT_EQ(domain->numa, std::nullopt);
  std::map<std::string, int> distances;
  for (const auto& function : inventory.functions) {
    const auto all = AffinitiesOf(inventory, function);
    const auto of_card = std::ranges::find(all, domain->id, &Affinity::domain);
    ASSERT_NE(of_card, all.end());
    distances[function.id] = of_card->distance;
  }
  EXPECT_EQ(distances, (std::map<std::string, int>{{"a", 0}, {"b", 0}, {"c", 27}, {"d", kUnknownDistance}}));
}

TEST(BuildInventory, FunctionsOfACardThatChainsAreLinkedOnIt) {
  auto facts = FactsOf({MakeFunction("a", 0), MakeFunction("b", 1)});
  facts.cards = {{"card-1", {}, {}, {"a", "b"}}};
  EXPECT_EQ(BuildInventory(std::move(facts), {}).links,
            (std::vector<Link>{{"a", "b", LinkStrength::kOnCard, false}, {"b", "a", LinkStrength::kOnCard, false}}));
}

// The generations of a region's contents, scan by scan; "" while it is reconfigured.
std::vector<int> Generations(const std::vector<std::string>& contents) {
  std::vector<int> generations;
  Inventory previous;
  for (const auto& id : contents) {
    auto function = MakeFunction("a", 0);
    function.contents = Contents{id};
    previous = BuildInventory(FactsOf({function}), previous);
    generations.push_back(previous.functions.at(0).contents->generation);
  }
  return generations;
}

TEST(BuildInventory, ContentsThatBecomeKnownAreANewGeneration) {
  EXPECT_EQ(Generations({"one", "one", "two"}), (std::vector<int>{1, 1, 2}));
  EXPECT_EQ(Generations({"one", "", "one", "one"}), (std::vector<int>{1, 1, 2, 2}));
  EXPECT_EQ(Generations({"", "one"}), (std::vector<int>{0, 1}));
}

TEST(BuildInventory, WhatNoFamilyHasIsShownBesideThem) {
  auto facts = FactsOf({MakeFunction("b", 0)});
  facts.unclaimed = {MakeFunction("a", 1)};
  const auto inventory = BuildInventory(facts, {});
  ASSERT_EQ(inventory.functions.size(), 2u);
  EXPECT_EQ(inventory.functions[0].id, "a");
}

TEST(BuildInventory, AProblemDoesNotNameItsObjectTwice) {
  Facts facts;
  facts.problems = {{"/sys/class/uacce/x", "/sys/class/uacce/x: not a link"}, {"/sys/y", "/sys/y/api: not there"}};
  EXPECT_EQ(BuildInventory(facts, {}).problems,
            (std::vector<Problem>{{"/sys/class/uacce/x", "not a link"}, {"/sys/y", "/sys/y/api: not there"}}));
}

TEST(BuildInventory, AnIdThatComesTwiceIsAProblem) {
  const auto inventory = BuildInventory(FactsOf({MakeFunction("a", 0), MakeFunction("a", 1)}), {});
  EXPECT_EQ(inventory.functions.size(), 1u);
  EXPECT_EQ(inventory.problems.size(), 1u);
}

}  // namespace
}  // namespace nacelle

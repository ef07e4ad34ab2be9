// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/card_facts.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

// Gaudi-like 1da3:1020 with 96 GiB of HBM, and a compressor 1234:0001 that chains.
HardwareTable Table() {
  HardwareTable table;
  table.pci.resize(2);
  table.pci[0] = {.vendor = "1234", .device = "0001", .name = "Chainer", .chaining = true};
  table.pci[1] = {.vendor = "1da3", .device = "1020", .name = "Gaudi 2", .memory = CardMemory{MemoryKind::kHbm, 96ULL << 30}};
  return table;
}

Function At(const std::string& id, const std::string& vendor, const std::string& device, const std::string& card) {
  Function function;
  function.id = id;
  function.vendor = vendor;
  function.device = device;
  function.card = card;
  function.path = "/sys/devices/pci0000:40/" + id;
  return function;
}

std::vector<CardFacts> FactsOf(const FakeHost& host, const std::vector<Function>& functions,
                               std::vector<Problem>* problems = nullptr) {
  std::vector<const Function*> pointers;
  for (const auto& function : functions) pointers.push_back(&function);
  std::vector<Problem> unused;
  return ReadCardFacts(host.root(), Table(), pointers, problems != nullptr ? *problems : unused);
}

TEST(CardFacts, ACardHasTheMemoryOfTheTable) {
  FakeHost host{};
  const auto cards = FactsOf(host, {At("a", "1da3", "1020", "card-1"), At("b", "1da3", "1020", "card-1")});
  EXPECT_EQ(cards, (std::vector<CardFacts>{{"card-1", CardMemory{MemoryKind::kHbm, 96ULL << 30}, "hardware.yaml: Gaudi 2", {}}}));
}

TEST(CardFacts, FunctionsWhoseRowsSayChainingAreChained) {
  FakeHost host{};
  const auto cards = FactsOf(host, {At("b", "1234", "0001", "card-1"), At("a", "1234", "0001", "card-1"),
                                    At("c", "8086", "0b25", "card-1")});
  ASSERT_EQ(cards.size(), 1u);
  EXPECT_EQ(cards[0].chained, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(cards[0].memory, std::nullopt);
}

TEST(CardFacts, ACardOfWhichNothingIsKnownIsLeftOut) {
  FakeHost host{};
  EXPECT_TRUE(FactsOf(host, {At("a", "8086", "0b25", "card-1"), At("b", "1234", "0001", "")}).empty());
}

TEST(CardFacts, TheDriversOwnSizeCounts) {
  FakeHost host{{"/sys/devices/pci0000:40/a/mem_info_vram_total", "17163091968\n"},
                {"/sys/devices/pci0000:40/a/mem_info_vram_vendor", "samsung\n"}};
  auto function = At("a", "1002", "73bf", "card-1");
  function.driver = "amdgpu";
  EXPECT_EQ(FactsOf(host, {function}),
            (std::vector<CardFacts>{{"card-1", CardMemory{MemoryKind::kDram, 17163091968}, "dram for want of more: driver amdgpu states the size alone", {}}}));
}

TEST(CardFacts, TheMachinesMemoryThatIsSetAsideForGraphicsIsNoCards) {
  FakeHost host{{"/sys/devices/pci0000:40/a/mem_info_vram_total", "536870912\n"}};
  auto function = At("a", "1002", "164e", "card-1");
  function.driver = "amdgpu";
  EXPECT_TRUE(FactsOf(host, {function}).empty());
  host.Set("/sys/devices/pci0000:40/a/mem_info_vram_vendor", "unknown\n");
  EXPECT_TRUE(FactsOf(host, {function}).empty());
}

// As of an MI300X, whose driver then reads no vendor.
TEST(CardFacts, AVirtualFunctionOfACardThatHasMemoryTellsItsShare) {
  FakeHost host{{"/sys/devices/pci0000:40/a/mem_info_vram_total", "17163091968\n"}};
  auto function = At("a", "1da3", "1020", "card-1");
  function.driver = "amdgpu";
  EXPECT_EQ(FactsOf(host, {function}).at(0).memory, (CardMemory{MemoryKind::kHbm, 17163091968}));
}

TEST(CardFacts, ASizeThatMakesNoSenseIsAProblem) {
  FakeHost host{{"/sys/devices/pci0000:40/a/mem_info_vram_total", "much\n"},
                {"/sys/devices/pci0000:40/a/mem_info_vram_vendor", "samsung\n"}};
  auto function = At("a", "1002", "73bf", "card-1");
  function.driver = "amdgpu";
  std::vector<Problem> problems;
  EXPECT_TRUE(FactsOf(host, {function}, &problems).empty());
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].object, "/sys/devices/pci0000:40/a/mem_info_vram_total");
}

}  // namespace
}  // namespace nacelle

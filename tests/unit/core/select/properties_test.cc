// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "core/select/find.h"
#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

constexpr std::array kQueries = {"4 zlib", "2 zlib + 2 sha256", "3 zlib near numa:3", "zlib + sha256 sharing hbm",
                                 "zlib + sha256 chained", "sha256 + 2 zlib chained=shared-address"};

// Eight sockets with an HBM node each; switches of four functions.
Inventory LargeMachine(unsigned seed, int functions) {
  RandomMachine random(seed);
  Inventory inventory{.node = "n"};
  constexpr int kSockets = 8;
  for (int i = 0; i < 2 * kSockets; ++i) {
    NumaNode node{i, i < kSockets, {}};
    for (int j = 0; j < 2 * kSockets; ++j) {
      const bool same_socket = i % kSockets == j % kSockets;
      node.distances.push_back(i == j ? 10 : same_socket ? 13 : (i / 4 % 2 == j / 4 % 2 ? 16 : 22));
    }
    inventory.numa.push_back(node);
    if (i < kSockets) continue;
    inventory.domains.push_back({"hbm-" + std::to_string(i), MemoryKind::kHbm, "", i, {}, {i - kSockets}});
  }
  for (int i = 0; i < functions; ++i) {
    const bool zlib = random.Below(2) == 0;
    auto function = MakeFunction("f" + std::to_string(1000 + i), random.Below(kSockets), {zlib ? "zlib" : "sha256"});
    function.access = random.Below(2) == 0 ? MemoryAccess::kSva : MemoryAccess::kIommu;
    inventory.functions.push_back(function);
    for (int j = i / 4 * 4; j < i; ++j) {
      const auto& other = inventory.functions[j].id;
      inventory.links.push_back({function.id, other, LinkStrength::kPeerToPeer, false});
      inventory.links.push_back({other, function.id, LinkStrength::kPeerToPeer, false});
    }
  }
  std::sort(inventory.domains.begin(), inventory.domains.end(), [](auto& a, auto& b) { return a.id < b.id; });
  SortInventory(inventory);
  return inventory;
}

// What the best answer costs, without its ids.
std::tuple<bool, int, long, long> CostOf(const FindResult& result, const Query& query) {
  EXPECT_TRUE(result.proven_best) << Print(query);
  if (result.answers.empty()) return {true, 0, 0, 0};
  const auto& reason = result.answers.front().reason;
  const long place = reason.domain || query.relation.kind == Relation::Kind::kNear ? reason.distance_sum : 0;
  return {false, static_cast<int>(reason.strength.value_or(LinkStrength::kOnCard)), place, reason.pair_distance_sum};
}

std::string Renamed(const std::string& id) {
  auto renamed = id;
  std::reverse(renamed.begin() + 1, renamed.end());
  return renamed;
}

TEST(Properties, AddingAQueueNeverWorsensTheAnswer) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto more = LargeMachine(seed, 120);
    auto fewer = more;
    fewer.functions.erase(fewer.functions.begin() + 7 * seed % 100);
    for (const auto* text : kQueries) {
      const auto query = Q(text);
      EXPECT_LE(CostOf(Find(more, query, {}), query), CostOf(Find(fewer, query, {}), query)) << text << ", " << seed;
    }
  }
}

// The same set in the best of its orders.
TEST(Properties, AChainOfQueuesThatAreAllLinkedCostsWhatTheSetCosts) {
  for (unsigned seed = 0; seed < 10; ++seed) {
    auto inventory = LargeMachine(seed, 256);
    for (auto& function : inventory.functions) {
      function.access = MemoryAccess::kSva;
      function.operations = {"sha256", "zlib"};
    }
    for (const auto& [chain, set] : {std::pair("8 zlib chained=shared-address", "8 zlib"), std::pair("8 zlib + 8 sha256 chained=shared-address", "8 zlib + 8 sha256"),
                                     std::pair("zlib + 3 zlib + sha256 chained=shared-address", "4 zlib + sha256")}) {
      EXPECT_EQ(std::get<3>(CostOf(Find(inventory, Q(chain), {}), Q(chain))), std::get<3>(CostOf(Find(inventory, Q(set), {}), Q(set)))) << chain << ", " << seed;
    }
  }
}

// A ring: each function is linked to the next one and to the one after that.
TEST(Properties, AChainThroughQueuesThatAreLinkedInPartIsAGoodOneFromTheStart) {
  auto inventory = LargeMachine(1, 128);
  inventory.links.clear();
  for (auto& function : inventory.functions) function.operations = {"zlib"};
  for (std::size_t i = 0; i < 128; ++i) {
    for (const std::size_t step : {1U, 2U}) inventory.links.push_back({inventory.functions[i].id, inventory.functions[(i + step) % 128].id, LinkStrength::kPeerToPeer, false});
  }
  for (std::size_t i = 0; i < 128; ++i) inventory.functions[i].numa = static_cast<int>(i / 16);
  SortInventory(inventory);
  const auto result = Find(inventory, Q("6 zlib chained"), {.limit = 1});
  ASSERT_EQ(result.answers.size(), 1u);
  EXPECT_EQ(result.answers[0].reason.pair_distance_sum, 15 * 10) << "all on one node";
}

TEST(Properties, RenamingDoesNotChangeTheCost) {
  for (unsigned seed = 0; seed < 20; ++seed) {
    const auto inventory = LargeMachine(seed, 120);
    auto renamed = inventory;
    for (auto& function : renamed.functions) {
      function.id = Renamed(function.id);
      for (auto& queue : function.queues) queue.id = Renamed(queue.id);
    }
    for (auto& link : renamed.links) link = {Renamed(link.from), Renamed(link.to), link.strength, link.assumed};
    SortInventory(renamed);
    for (const auto* text : kQueries) {
      const auto query = Q(text);
      EXPECT_EQ(CostOf(Find(inventory, query, {}), query), CostOf(Find(renamed, query, {}), query)) << text;
    }
  }
}

TEST(Properties, TheOrderOfFunctionsDoesNotMatter) {
  const auto inventory = LargeMachine(1, 120);
  auto turned = inventory;
  std::reverse(turned.functions.begin(), turned.functions.end());
  for (const auto* text : {"4 zlib", "2 zlib + 2 sha256", "3 zlib near numa:3", "zlib + sha256 sharing hbm"}) {
    EXPECT_EQ(Find(inventory, Q(text), {}).answers, Find(turned, Q(text), {}).answers) << text;
  }
}

TEST(Properties, FewerAnswersAreTheBestOfMore) {
  const auto inventory = LargeMachine(2, 120);
  for (const auto* text : kQueries) {
    auto many = Find(inventory, Q(text), {.limit = 20}).answers;
    const auto few = Find(inventory, Q(text), {.limit = 3}).answers;
    many.resize(few.size());
    EXPECT_EQ(many, few) << text;
  }
}

}  // namespace
}  // namespace nacelle

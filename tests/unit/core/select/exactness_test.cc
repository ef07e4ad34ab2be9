// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <functional>
#include <map>

#include "core/select/find.h"
#include "tests/unit/core/select/brute_force.h"
#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

Usage RandomUsage(RandomMachine& random, const Inventory& inventory) {
  Usage usage;
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) {
      if (random.Below(2) == 0) usage[queue.id] = {1 + random.Below(4), random.Below(3)};
    }
  }
  return usage;
}

// Four CPUs, on whatever nodes there are.
std::map<int, int> NumaOfCpu(const Inventory& inventory) {
  const int nodes = static_cast<int>(inventory.numa.size());
  return {{0, 0}, {1, 1 % nodes}, {2, 0}, {3, 3 % nodes}};
}

// What an answer says of itself, as the plain means have it.
void ExpectReason(const Reason& reason, const Query& query, const BruteForce::Cost& cost) {
  const auto& [strength, place, pairs, free_shares, queues] = cost;
  EXPECT_EQ(reason.pair_distance_sum, pairs);
  const auto kind = query.relation.kind;
  if (kind == Relation::Kind::kNear || kind == Relation::Kind::kSharingHbm) {
    EXPECT_EQ(reason.distance_sum, place);
  }
  if (kind == Relation::Kind::kChained) {
    EXPECT_EQ(static_cast<int>(reason.strength.value_or(LinkStrength::kOnCard)), strength);
  }
}

// The answers of Find against all tuples there are, to the last id, on machines
// that no other query is asked of.
void ExpectExact(std::string_view text, int machines, int most_queues) {
  const auto query = Q(text);
  ASSERT_FALSE(query.wants.empty()) << text;
  const auto first = static_cast<unsigned>(std::hash<std::string_view>()(text));
  int with_answers = 0;
  for (int machine = 0; machine < machines; ++machine) {
    SCOPED_TRACE(std::string(text) + ", machine " + std::to_string(machine));
    RandomMachine random(first + static_cast<unsigned>(machine));
    const auto inventory = random.Make(most_queues);
    FindOptions options;
    options.limit = 1 + static_cast<std::size_t>(random.Below(12));
    options.numa_of_cpu = NumaOfCpu(inventory);
    options.candidates.usage = RandomUsage(random, inventory);
    options.candidates.all = random.Below(3) == 0;
    const auto found = Find(inventory, query, options);
    auto expected = BruteForce(inventory, query, options.candidates, options.numa_of_cpu).Best();
    if (expected.size() > options.limit) expected.resize(options.limit);
    ASSERT_TRUE(found.proven_best);
    ASSERT_EQ(found.answers.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_EQ(found.answers[i].queues, std::get<4>(expected[i])) << "answer " << i;
      ExpectReason(found.answers[i].reason, query, expected[i]);
    }
    ASSERT_EQ(found.miss.has_value(), expected.empty());
    with_answers += expected.empty() ? 0 : 1;
  }
  EXPECT_GE(with_answers, machines / 20) << text;
}

TEST(Exactness, WithoutARelation) {
  ExpectExact("zlib", 200, 9);
  ExpectExact("3 zlib", 400, 9);
  ExpectExact("zlib + sha256", 400, 9);
  ExpectExact("2 zlib + 2 sha256", 300, 8);
  ExpectExact("sha256 + zlib + sha256,access=sva", 300, 8);
}

TEST(Exactness, NearANode) {
  ExpectExact("zlib near numa:1", 200, 9);
  ExpectExact("3 zlib near numa:0", 400, 9);
  ExpectExact("zlib + 2 sha256 near numa:2 within 16", 300, 8);
}

TEST(Exactness, NearAMemory) {
  ExpectExact("zlib near memory:hbm-1", 300, 9);
  ExpectExact("2 zlib + sha256 near memory:dram-0", 300, 8);
  ExpectExact("zlib + sha256 near memory:hbm-card", 400, 9);
  ExpectExact("2 zlib near memory:hbm-card within 20", 400, 9);
}

TEST(Exactness, NearACpu) {
  ExpectExact("zlib + sha256 near cpu:1", 300, 9);
  ExpectExact("2 zlib near cpu:2 within 11", 300, 9);
  ExpectExact("zlib near cpu:3", 200, 9);
}

TEST(Exactness, SharingHbm) {
  ExpectExact("2 zlib sharing hbm", 400, 9);
  ExpectExact("zlib + sha256 sharing hbm", 400, 9);
  ExpectExact("zlib + 2 sha256 sharing hbm", 300, 8);
}

TEST(Exactness, Chained) {
  ExpectExact("zlib + sha256 chained", 500, 9);
  ExpectExact("zlib + sha256 + zlib chained", 400, 8);
  ExpectExact("2 zlib + sha256 chained", 300, 8);
  ExpectExact("zlib + sha256 chained=on-card", 300, 9);
  ExpectExact("zlib + 2 sha256 chained=peer-to-peer", 300, 8);
  ExpectExact("2 sha256 + zlib chained=shared-address", 300, 8);
}

// One set of queues in two orders is two answers there.
TEST(Exactness, ChainedInEachOrder) {
  ExpectExact("zlib + zlib + zlib chained", 300, 8);
  ExpectExact("zlib + 2 zlib chained=shared-address", 300, 8);
  ExpectExact("zlib + sha256 + zlib + sha256 chained=shared-address", 300, 7);
  ExpectExact("zlib + 2 zlib + sha256 chained=peer-to-peer", 300, 8);
  ExpectExact("2 sha256 + 2 zlib chained", 300, 7);
  ExpectExact("zlib + zlib chained", 400, 9);
  ExpectExact("zlib + zlib + sha256 chained", 300, 8);
  ExpectExact("2 zlib + zlib chained=shared-address", 300, 8);
}

}  // namespace
}  // namespace nacelle

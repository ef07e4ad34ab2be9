// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <array>

#include "core/select/find.h"
#include "core/select/target.h"
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

// The answers of Find against all tuples there are, to the last id.
void ExpectExact(std::string_view text, unsigned seeds, int most_queues) {
  const auto query = Q(text);
  ASSERT_FALSE(query.wants.empty()) << text;
  for (unsigned seed = 0; seed < seeds; ++seed) {
    RandomMachine random(seed);
    const auto inventory = random.Make(most_queues);
    FindOptions options{.limit = 1 + static_cast<std::size_t>(random.Below(12))};
    options.candidates.usage = RandomUsage(random, inventory);
    options.candidates.all = random.Below(3) == 0;
    const auto found = Find(inventory, query, options);
    auto expected = BruteForce(inventory, query, options.candidates).Best();
    // A place that a small machine does not have is near nothing.
    const auto& relation = query.relation;
    if (relation.kind == Relation::Kind::kNear && Missing(inventory, relation.place, {})) expected.clear();
    if (expected.size() > options.limit) expected.resize(options.limit);
    ASSERT_TRUE(found.proven_best);
    ASSERT_EQ(found.answers.size(), expected.size()) << text << ", seed " << seed;
    for (std::size_t i = 0; i < expected.size(); ++i) {
      const auto& answer = found.answers[i];
      ASSERT_EQ(answer.queues, std::get<4>(expected[i])) << text << ", seed " << seed << ", answer " << i;
      ASSERT_EQ(answer.reason.pair_distance_sum, std::get<2>(expected[i])) << text << ", seed " << seed;
    }
    ASSERT_EQ(found.miss.has_value(), expected.empty());
  }
}

TEST(Exactness, WithoutARelation) {
  ExpectExact("zlib", 200, 9);
  ExpectExact("3 zlib", 400, 9);
  ExpectExact("zlib + sha256", 400, 9);
  ExpectExact("2 zlib + 2 sha256", 300, 8);
  ExpectExact("sha256 + zlib + sha256,access=sva", 300, 8);
}

TEST(Exactness, NearAPlace) {
  ExpectExact("zlib near numa:1", 200, 9);
  ExpectExact("3 zlib near numa:0", 400, 9);
  ExpectExact("zlib + 2 sha256 near numa:2 within 16", 300, 8);
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

}  // namespace
}  // namespace nacelle

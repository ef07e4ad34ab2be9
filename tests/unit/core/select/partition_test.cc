// SPDX-License-Identifier: Apache-2.0
#include "core/select/partition.h"

#include <gtest/gtest.h>

#include "core/select/bundle_id.h"
#include "core/select/tuple_health.h"
#include "tests/unit/core/select/brute_force.h"
#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

// Two zlib and two sha256 queues, one of each at each node; and one zlib more at node 0.
Inventory Machine() {
  auto inventory = TwoSockets();
  inventory.functions = {MakeFunction("s0", 0, {"sha256"}), MakeFunction("s1", 1, {"sha256"}),
                         MakeFunction("z0", 0, {"zlib"}), MakeFunction("z1", 1, {"zlib"}), MakeFunction("z2", 0, {"zlib"})};
  return inventory;
}

TEST(Partition, PairsNeighboursAndLeavesTheRest) {
  const auto inventory = Machine();
  const auto partition = Divide(inventory, Q("zlib + sha256"), {});
  EXPECT_EQ(partition.made, (std::vector<Tuple>{{"z0", "s0"}, {"z1", "s1"}}));
  EXPECT_EQ(partition.pair_sum, 20);
  EXPECT_TRUE(partition.proven_best);
}

TEST(Partition, MoreTuplesComeBeforeNearerOnes) {
  auto inventory = Machine();
  inventory.functions[2].access = MemoryAccess::kSva;  // z0 could also go with s1
  inventory.links = {{"z0", "s0", LinkStrength::kPeerToPeer, false}, {"z0", "s1", LinkStrength::kPeerToPeer, false},
                     {"z2", "s0", LinkStrength::kPeerToPeer, false}};
  const auto partition = Divide(inventory, Q("zlib + sha256 chained"), {});
  EXPECT_EQ(partition.made, (std::vector<Tuple>{{"z0", "s1"}, {"z2", "s0"}}));
}

TEST(Partition, WhatIsKeptStaysOutAndSurvivorsArePairedAnew) {
  const auto inventory = Machine();
  const auto partition = Divide(inventory, Q("zlib + sha256"), {.kept = {{"z0", "s1"}}});
  EXPECT_EQ(partition.made, (std::vector<Tuple>{{"z2", "s0"}}));
}

TEST(Partition, QueuesOfOtherOffersAreNotTaken) {
  const auto partition = Divide(Machine(), Q("zlib + sha256"), {.excluded = {"s0", "z0"}});
  EXPECT_EQ(partition.made, (std::vector<Tuple>{{"z1", "s1"}}));
}

TEST(Partition, NothingToDivideGivesNoTuple) {
  EXPECT_EQ(Divide(Machine(), Q("2 rsa"), {}), Partition{});
  EXPECT_EQ(Divide(Machine(), Q("2 zlib sharing hbm"), {}).made, (std::vector<Tuple>{{"z0", "z2"}}));
}

// The most disjoint tuples, and their least cost, by trying all.
class BestPartition {
 public:
  using Cost = std::tuple<int, long, long>;

  explicit BestPartition(std::vector<BruteForce::Cost> tuples) : tuples_(std::move(tuples)) { Extend(0, {}); }

  std::size_t most = 0;
  Cost least{0, 0, 0};

 private:
  void Extend(std::size_t from, const Cost& cost) {
    if (count_ > most || (count_ == most && cost < least)) {
      most = count_;
      least = cost;
    }
    for (std::size_t i = from; i < tuples_.size(); ++i) {
      const auto& [strength, place, pairs, free_shares, ids] = tuples_[i];
      if (std::any_of(ids.begin(), ids.end(), [&](auto& id) { return used_.contains(id); })) continue;
      used_.insert(ids.begin(), ids.end());
      ++count_;
      Extend(i + 1, {std::get<0>(cost) + strength, std::get<1>(cost) + place, std::get<2>(cost) + pairs});
      --count_;
      for (const auto& id : ids) used_.erase(id);
    }
  }

  std::vector<BruteForce::Cost> tuples_;
  std::set<std::string> used_;
  std::size_t count_ = 0;
};

void ExpectBest(std::string_view text, unsigned seeds, int most_queues) {
  const auto query = Q(text);
  for (unsigned seed = 0; seed < seeds; ++seed) {
    const auto inventory = RandomMachine(seed).Make(most_queues);
    const auto partition = Divide(inventory, query, {});
    const BestPartition best(BruteForce(inventory, query, {}).Best());
    ASSERT_TRUE(partition.proven_best);
    ASSERT_EQ(partition.made.size(), best.most) << text << ", seed " << seed;
    const BestPartition::Cost cost{partition.strength_sum, partition.place_sum, partition.pair_sum};
    ASSERT_EQ(cost, best.least) << text << ", seed " << seed;
    std::set<std::string> used;
    for (const auto& tuple : partition.made) {
      ASSERT_TRUE(TupleHealth(inventory, query, tuple, {}).healthy) << text << ", seed " << seed;
      for (const auto& id : tuple) ASSERT_TRUE(used.insert(id).second);
    }
  }
}

TEST(Partition, IsTheBestThereIsOnSmallMachines) {
  ExpectBest("2 zlib", 250, 8);
  ExpectBest("zlib + sha256", 250, 7);
  ExpectBest("zlib + 2 sha256", 250, 7);
  ExpectBest("zlib + sha256 near numa:1 within 16", 250, 7);
  ExpectBest("zlib + sha256 sharing hbm", 250, 7);
  ExpectBest("zlib + sha256 chained", 250, 7);
  ExpectBest("zlib + zlib + zlib chained=peer-to-peer", 250, 8);
}

TEST(Partition, ALargeMachineOfPairsIsProven) {
  auto inventory = TwoSockets();
  for (int i = 0; i < 200; ++i) {
    const auto number = std::to_string(1000 + i);
    inventory.functions.push_back(MakeFunction("z" + number, i % 2, {"zlib"}));
    inventory.functions.push_back(MakeFunction("s" + number, i % 3 == 0 ? 1 : 0, {"sha256"}));
  }
  SortInventory(inventory);
  const auto partition = Divide(inventory, Q("zlib + sha256"), {});
  EXPECT_TRUE(partition.proven_best);
  EXPECT_EQ(partition.made.size(), 200u);
  EXPECT_EQ(partition.pair_sum, 167 * 10 + 33 * 21);
}

TEST(Partition, ABoundThatIsHitIsSaid) {
  auto inventory = TwoSockets();
  for (int i = 0; i < 30; ++i) inventory.functions.push_back(MakeFunction("z" + std::to_string(10 + i), i % 2, {"zlib"}));
  const auto partition = Divide(inventory, Q("3 zlib"), {.max_steps = 6});
  EXPECT_FALSE(partition.proven_best);
  EXPECT_FALSE(partition.made.empty());
}

TEST(Partition, AChainThatIsThereIsTakenThoughTheFirstBeginningLeadsNowhere) {
  const auto link = [](const char* from, const char* to) { return Link{from, to, LinkStrength::kPeerToPeer, false}; };
  auto inventory = Machine();
  inventory.links = {link("z0", "s0"), link("z1", "s0"), link("z1", "s1")};
  const auto partition = Divide(inventory, Q("zlib + 2 sha256 chained"), {.max_steps = 1});
  EXPECT_EQ(partition.made, (std::vector<Tuple>{{"z1", "s0", "s1"}}));
}

TEST(TupleHealth, NamesWhatIsWrong) {
  auto inventory = Machine();
  inventory.links = {{"z0", "s0", LinkStrength::kPeerToPeer, false}};
  const auto query = Q("zlib + sha256 chained");
  EXPECT_EQ(TupleHealth(inventory, query, {"z0", "s0"}, {}), Health{});
  EXPECT_EQ(TupleHealth(inventory, query, {"z0", "s1"}, {}).reason, "its queues are no longer chained");
  EXPECT_EQ(TupleHealth(inventory, query, {"s0", "z0"}, {}).reason, "s0 no longer serves zlib");
  EXPECT_EQ(TupleHealth(inventory, query, {"z9", "s0"}, {}).reason, "z9 is gone");
  inventory.functions[0].health = {false, "reset"};
  EXPECT_EQ(TupleHealth(inventory, query, {"z0", "s0"}, {}).reason, "s0: reset");
}

TEST(BundleId, HashesTheOfferAndItsMembersInOrder) {
  std::string hashed;
  const auto sha256 = [&](std::string_view text) {
    hashed = text;
    return std::string(64, 'a');
  };
  EXPECT_EQ(BundleId("pair", {"z0", "s0"}, sha256), "b-aaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(hashed, "pair\nz0\ns0");
}

}  // namespace
}  // namespace nacelle

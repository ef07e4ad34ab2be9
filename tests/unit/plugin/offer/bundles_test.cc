// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "core/select/query_parser.h"
#include "plugin/offer/build_offers.h"
#include "plugin/offer/numa_hint.h"
#include "plugin/offer/sha256.h"

namespace nacelle {
namespace {

constexpr const char* kPair = "nacelle.dev/pair";

Function MakeFunction(const std::string& id, int numa, const std::string& operation, unsigned minor) {
  Function function{.id = id, .family = "uacce", .interface = operation, .operations = {operation}, .numa = numa};
  function.queues = {{.id = id, .nodes = {{"/dev/" + id, 240, minor}}, .instances = 8}};
  return function;
}

// One sha256 and one zlib queue at each of two nodes, and one zlib more at node 0.
Inventory Machine() {
  Inventory inventory;
  inventory.numa = {{0, true, {10, 20}}, {1, true, {20, 10}}};
  inventory.functions = {MakeFunction("s0", 0, "sha256", 0), MakeFunction("s1", 1, "sha256", 1),
                         MakeFunction("z0", 0, "zlib", 2), MakeFunction("z1", 1, "zlib", 3),
                         MakeFunction("z2", 0, "zlib", 4)};
  return inventory;
}

Function& FunctionOf(Inventory& inventory, const std::string& id) {
  return *std::find_if(inventory.functions.begin(), inventory.functions.end(),
                       [&](const Function& function) { return function.id == id; });
}

PolicyOffer Find(const std::string& name, const std::string& query, int shares = 1) {
  return {name, *ParseQuery(query), shares};
}

Policy Of(std::vector<PolicyOffer> offers) {
  Policy policy;
  policy.offers = std::move(offers);
  return policy;
}

OfferPlan Plan(const Inventory& inventory, const Policy& policy, const std::vector<SavedTuple>& published = {},
               const std::vector<HeldShare>& held = {}) {
  return BuildOffers({inventory, policy, held, {}, published});
}

std::string IdOf(const std::vector<std::string>& queues) {
  std::string text = "pair";
  for (const auto& queue : queues) text += '\n' + queue;
  return "b-" + Sha256Hex(text).substr(0, 20);
}

SavedTuple Published(const std::vector<std::string>& queues, const std::string& query = "sha256 + zlib") {
  return {kPair, IdOf(queues), queues, query};
}

HeldShare Held(const std::vector<std::string>& queues, int shares = 1) {
  return {kPair, IdOf(queues), queues, shares};
}

const OfferedTuple* TupleOf(const OfferPlan& plan, const std::vector<std::string>& queues) {
  const auto* offer = FindOffer(plan, kPair);
  if (offer == nullptr) return nullptr;
  const auto found = std::find_if(offer->tuples.begin(), offer->tuples.end(),
                                  [&](const OfferedTuple& tuple) { return tuple.queues == queues; });
  return found == offer->tuples.end() ? nullptr : &*found;
}

bool IsLeaving(const OfferedTuple& tuple) { return tuple.only && tuple.only->empty() && !tuple.health.healthy; }

const Policy kPolicy = Of({Find("pair", "sha256 + zlib")});

TEST(Sha256Hex, IsTheOneOfTheStandard) {
  EXPECT_EQ(Sha256Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Bundles, QueuesArePairedAndWhatIsLeftGoesToTheRest) {
  const auto plan = Plan(Machine(), kPolicy);
  ASSERT_EQ(plan.offers.size(), 2u);
  EXPECT_NE(TupleOf(plan, {"s0", "z0"}), nullptr);
  EXPECT_NE(TupleOf(plan, {"s1", "z1"}), nullptr);
  EXPECT_EQ(plan.offers[1], (Offer{"nacelle.dev/zlib", {{"z2", 1}}}));
  EXPECT_EQ(plan.tuples.size(), 2u);
  EXPECT_EQ(plan.offers[0].tuples[0].id.size(), 22u);
}

TEST(Bundles, WhatIsLeftGoesToALaterOfferFirst) {
  const auto plan = Plan(Machine(), Of({Find("pair", "sha256 + zlib"), Find("single", "zlib", 4)}));
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/single")->queues, (std::vector<OfferedQueue>{{"z2", 4}}));
}

TEST(Bundles, AnEarlierOfferTakesItsQueuesFirst) {
  const auto plan = Plan(Machine(), Of({Find("single", "zlib,numa=0"), Find("pair", "sha256 + zlib")}));
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/single")->queues.size(), 2u);
  EXPECT_NE(TupleOf(plan, {"s1", "z1"}), nullptr);
  EXPECT_EQ(plan.tuples.size(), 1u);
}

TEST(Bundles, APublishedTupleStaysThoughAnotherWouldBeNearer) {
  const auto plan = Plan(Machine(), kPolicy, {Published({"s0", "z1"})});
  const auto* kept = TupleOf(plan, {"s0", "z1"});
  ASSERT_NE(kept, nullptr);
  EXPECT_TRUE(kept->health.healthy);
  EXPECT_FALSE(kept->only);
}

TEST(Bundles, ABrokenTupleOfNobodyIsUnhealthyAndKeepsItsQueuesUntilItHasLeft) {
  auto inventory = Machine();
  FunctionOf(inventory, "z0").health = {false, "isolated"};
  const auto plan = Plan(inventory, kPolicy, {Published({"s0", "z0"}), Published({"s1", "z1"})});
  const auto* broken = TupleOf(plan, {"s0", "z0"});
  ASSERT_NE(broken, nullptr);
  EXPECT_TRUE(IsLeaving(*broken));
  EXPECT_EQ(broken->health.reason, "z0: isolated");
  EXPECT_EQ(plan.tuples.size(), 2u) << "s0 is not paired anew before the tuple has left";
  // Then it is no longer published.
  EXPECT_NE(TupleOf(Plan(inventory, kPolicy, {Published({"s1", "z1"})}), {"s0", "z2"}), nullptr);
}

TEST(Bundles, ATupleThatRecoversBeforeItHasLeftIsWellAgain) {
  const auto plan = Plan(Machine(), kPolicy, {Published({"s0", "z0"})});
  EXPECT_TRUE(TupleOf(plan, {"s0", "z0"})->health.healthy);
}

TEST(Bundles, ABrokenTupleThatIsHeldStaysWithItsReason) {
  auto inventory = Machine();
  FunctionOf(inventory, "z0").health = {false, "isolated"};
  const auto plan = Plan(inventory, kPolicy, {Published({"s0", "z0"})}, {Held({"s0", "z0"})});
  const auto* broken = TupleOf(plan, {"s0", "z0"});
  ASSERT_NE(broken, nullptr);
  EXPECT_FALSE(broken->health.healthy);
  EXPECT_FALSE(IsLeaving(*broken));
}

TEST(Bundles, ARelationThatIsLostMakesTheTupleUnhealthy) {
  auto inventory = Machine();
  inventory.links = {{"s0", "z0", LinkStrength::kPeerToPeer, false}};
  const auto policy = Of({Find("pair", "sha256 + zlib chained")});
  ASSERT_TRUE(TupleOf(Plan(inventory, policy), {"s0", "z0"})->health.healthy);
  inventory.links.clear();
  const auto plan = Plan(inventory, policy, {Published({"s0", "z0"}, "sha256 + zlib chained")});
  EXPECT_EQ(TupleOf(plan, {"s0", "z0"})->health.reason, "its queues are no longer chained");
}

TEST(Bundles, ATupleThatThePolicyNoLongerAsksForLeavesOrStaysWithItsHolder) {
  const auto changed = Of({Find("pair", "2 zlib")});
  const auto free = Plan(Machine(), changed, {Published({"s0", "z0"})});
  EXPECT_TRUE(IsLeaving(*TupleOf(free, {"s0", "z0"})));
  EXPECT_EQ(TupleOf(free, {"s0", "z0"})->health.reason, "the offer asks for other queues");
  const auto held = Plan(Machine(), changed, {Published({"s0", "z0"})}, {Held({"s0", "z0"})});
  EXPECT_TRUE(TupleOf(held, {"s0", "z0"})->health.healthy);
  EXPECT_EQ(TupleOf(held, {"s0", "z0"})->only, (std::vector<std::string>{IdOf({"s0", "z0"})}));
  EXPECT_TRUE(IsLeaving(*TupleOf(Plan(Machine(), {}, {Published({"s0", "z0"})}), {"s0", "z0"})));
}

TEST(Bundles, ATupleThatAnswersTheChangedQueryTooStays) {
  const auto plan = Plan(Machine(), Of({Find("pair", "sha256 + zlib near numa:1")}), {Published({"s0", "z0"})});
  EXPECT_FALSE(TupleOf(plan, {"s0", "z0"})->only);
  EXPECT_EQ(plan.tuples[plan.tuples[0].id == IdOf({"s0", "z0"}) ? 0 : 1].query, "sha256 + zlib near numa:1");
}

TEST(Bundles, ATupleGivesWayToAnEarlierOfferThatSelectsItsQueues) {
  const auto plan = Plan(Machine(), Of({Find("single", "zlib"), Find("pair", "sha256 + zlib")}), {Published({"s0", "z0"})});
  EXPECT_TRUE(IsLeaving(*TupleOf(plan, {"s0", "z0"})));
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/single")->queues, (std::vector<OfferedQueue>{{"z1", 1}, {"z2", 1}}));
}

TEST(Bundles, AQueueThatIsHeldByAnotherNameIsInNoTuple) {
  const std::vector<HeldShare> held{{"nacelle.dev/zlib", "z0", {"z0"}, 1}};
  const auto plan = Plan(Machine(), kPolicy, {}, held);
  EXPECT_EQ(TupleOf(plan, {"s0", "z0"}), nullptr);
  EXPECT_NE(TupleOf(plan, {"s0", "z2"}), nullptr);
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/zlib")->queues[0].queue, "z0");
  // As after a crash with an old file of tuples.
  EXPECT_TRUE(IsLeaving(*TupleOf(Plan(Machine(), kPolicy, {Published({"s0", "z0"})}, held), {"s0", "z0"})));
}

TEST(Bundles, SharesDivideTheTupleAndChangeWhenItIsReleased) {
  const auto policy = Of({Find("pair", "sha256 + zlib", 3)});
  const auto fresh = Plan(Machine(), policy);
  EXPECT_EQ(DeviceIds(*TupleOf(fresh, {"s0", "z0"})).size(), 3u);
  EXPECT_EQ(DeviceIds(*TupleOf(fresh, {"s0", "z0"}))[2], IdOf({"s0", "z0"}) + "-2");
  const auto held = Plan(Machine(), policy, {Published({"s0", "z0"})}, {Held({"s0", "z0"}, 1)});
  EXPECT_EQ(DeviceIds(*TupleOf(held, {"s0", "z0"})), (std::vector<std::string>{IdOf({"s0", "z0"})}));
}

TEST(Bundles, WhileItIsNotKnownWhatWasPublishedNothingIsDividedNorHandedOutOtherwise) {
  const auto inventory = Machine();
  const auto plan = BuildOffers({inventory, kPolicy, {}, {}, {}, false});
  EXPECT_TRUE(plan.offers.empty());
}

TEST(Bundles, AnImpossibleBundleIsEmptyAndItsQueuesGoOn) {
  const auto plan = Plan(Machine(), Of({Find("pair", "sha256 + rsa")}));
  EXPECT_EQ(plan.empty, (std::vector<std::string>{kPair}));
  EXPECT_EQ(FindOffer(plan, "nacelle.dev/zlib")->queues.size(), 3u);
}

TEST(NumaHintOfATuple, IsWhatAllItsQueuesHaveInCommon) {
  auto inventory = Machine();
  EXPECT_EQ(NumaHint(inventory, std::vector<std::string>{"s0", "z0"}), std::vector<int>{0});
  EXPECT_TRUE(NumaHint(inventory, std::vector<std::string>{"s0", "z1"}).empty());
  FunctionOf(inventory, "z0").numa.reset();
  EXPECT_EQ(NumaHint(inventory, std::vector<std::string>{"s0", "z0"}), std::vector<int>{0});
}

// What holds of every plan, over random machines and many steps of their lives.
class RandomLife {
 public:
  explicit RandomLife(unsigned seed) : random_(seed), inventory_(Machine()) {
    for (int i = 0; i < 6; ++i) {
      inventory_.functions.push_back(MakeFunction("x" + std::to_string(i), Below(2), Below(2) == 0 ? "zlib" : "sha256",
                                                  static_cast<unsigned>(10 + i)));
    }
  }

  void Step() {
    auto& function = inventory_.functions[static_cast<std::size_t>(Below(static_cast<int>(inventory_.functions.size())))];
    function.health = function.health.healthy ? Health{false, "broken"} : Health{};
    const int shares = 1 + Below(2);
    const auto policy = Below(5) == 0 ? Of({Find("single", "zlib,numa=0"), Find("pair", "sha256 + zlib", shares)})
                                      : Of({Find("pair", Below(3) == 0 ? "2 zlib" : "sha256 + zlib", shares)});
    const auto before = plan_;
    plan_ = Plan(inventory_, policy, before.tuples, held_);
    CheckStability(before);
    CheckDisjoint();
    HoldOrRelease();
    LetSomeLeave();
  }

 private:
  int Below(int n) { return static_cast<int>(random_() % static_cast<unsigned>(n)); }

  // Only what has left the list is gone, and who holds something keeps it.
  void CheckStability(const OfferPlan& before) const {
    for (const auto& tuple : before.tuples) {
      EXPECT_TRUE(std::any_of(plan_.tuples.begin(), plan_.tuples.end(), [&](const auto& now) { return now.id == tuple.id; }));
    }
    for (const auto& held : held_) {
      const auto* offer = FindOffer(plan_, held.resource);
      ASSERT_NE(offer, nullptr);
      EXPECT_TRUE(FindTuple(*offer, held.device) != nullptr || FindShare(*offer, held.device)) << held.device;
    }
  }

  // No queue is handed out twice.
  void CheckDisjoint() const {
    std::set<std::string> queues;
    for (const auto& offer : plan_.offers) {
      for (const auto& queue : offer.queues) EXPECT_TRUE(queues.insert(queue.queue).second) << queue.queue;
      for (const auto& tuple : offer.tuples) {
        for (const auto& queue : tuple.queues) EXPECT_TRUE(queues.insert(queue).second) << queue;
      }
    }
  }

  void HoldOrRelease() {
    if (!held_.empty() && Below(2) == 0) held_.erase(held_.begin() + Below(static_cast<int>(held_.size())));
    for (const auto& offer : plan_.offers) {
      for (const auto& tuple : offer.tuples) {
        const auto ids = DeviceIds(tuple);
        if (ids.empty() || tuple.only || !tuple.health.healthy || Below(4) != 0) continue;
        held_.push_back({offer.resource, ids[static_cast<std::size_t>(Below(static_cast<int>(ids.size())))], tuple.queues, tuple.shares});
      }
      for (const auto& queue : offer.queues) {
        if (!queue.only && Below(6) == 0) held_.push_back({offer.resource, queue.queue, {queue.queue}, queue.shares});
      }
    }
    std::sort(held_.begin(), held_.end());
    held_.erase(std::unique(held_.begin(), held_.end()), held_.end());
  }

  void LetSomeLeave() {
    for (const auto& offer : plan_.offers) {
      for (const auto& tuple : offer.tuples) {
        if (!IsLeaving(tuple) || Below(2) == 0) continue;
        std::erase_if(plan_.tuples, [&](const SavedTuple& saved) { return saved.id == tuple.id; });
      }
    }
  }

  std::mt19937 random_;
  Inventory inventory_;
  std::vector<HeldShare> held_;
  OfferPlan plan_;
};

TEST(BundleProperties, NoQueueIsHandedOutTwiceAndNothingLeavesBeforeItMay) {
  for (unsigned seed = 0; seed < 60 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE(seed);
    RandomLife life(seed);
    for (int step = 0; step < 25; ++step) life.Step();
  }
}

}  // namespace
}  // namespace nacelle

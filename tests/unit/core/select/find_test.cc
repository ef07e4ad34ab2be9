// SPDX-License-Identifier: Apache-2.0
#include "core/select/find.h"

#include <gtest/gtest.h>

#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

using Ids = std::vector<std::string>;

// zlib on both sockets, sha256 on the second.
Inventory Machine() {
  auto inventory = TwoSockets();
  inventory.functions = {MakeFunction("sha-1", 1, {"sha256"}), MakeFunction("zip-0", 0, {"gzip", "zlib"}),
                         MakeFunction("zip-1", 1, {"gzip", "zlib"})};
  for (auto& function : inventory.functions) function.access = MemoryAccess::kSva;
  inventory.affinities = {{"numa-1", "hbm-3", 13, 120, 90000}};
  return inventory;
}

std::vector<Ids> Queues(const FindResult& result) {
  std::vector<Ids> queues;
  for (const auto& answer : result.answers) queues.push_back(answer.queues);
  return queues;
}

FindResult Ask(const Inventory& inventory, std::string_view text, const FindOptions& options = {}) {
  return Find(inventory, Q(text), options);
}

TEST(Find, NearPutsTheNearestFirstAndExcludesNothing) {
  EXPECT_EQ(Queues(Ask(Machine(), "zlib near numa:1")), (std::vector<Ids>{{"zip-1"}, {"zip-0"}}));
  EXPECT_EQ(Queues(Ask(Machine(), "zlib near numa:1 within 10")), (std::vector<Ids>{{"zip-1"}}));
}

TEST(Find, NearACpuIsNearItsNode) {
  EXPECT_EQ(Ask(Machine(), "zlib near cpu:17", {.numa_of_cpu = {{17, 1}}}).answers.front().queues, Ids{"zip-1"});
}

TEST(Find, NearSaysTheDomainAndItsFigures) {
  const auto result = Ask(Machine(), "zlib near memory:hbm-3");
  const Reason expected{.domain = "hbm-3", .distance = 13, .distance_sum = 13, .latency_ns = 120, .bandwidth_mbps = 90000};
  EXPECT_EQ(result.answers.front().reason, expected);
  EXPECT_EQ(result.answers.back().reason.latency_ns, std::nullopt);
}

TEST(Find, AFunctionOfUnknownNodeIsOfUnknownLocality) {
  auto inventory = Machine();
  inventory.functions[1].numa.reset();
  const auto result = Ask(inventory, "zlib near memory:hbm-3");
  ASSERT_EQ(result.answers.size(), 2u);
  EXPECT_EQ(result.answers.back().reason.distance, kUnknownDistance);
  EXPECT_TRUE(result.answers.back().reason.unknown_locality);
}

TEST(Miss, NamesAPlaceThatIsNotThereAndWhatThereIs) {
  const FindOptions cpus{.numa_of_cpu = {{0, 0}, {7, 1}}};
  const std::map<std::string, std::string> expected{
      {"memory:hbm-9", "there is no memory 'hbm-9'; there are dram-0, dram-1, hbm-2, hbm-3"},
      {"numa:77", "there is no numa node 77; there are 0, 1, 2, 3"},
      {"cpu:4000", "there is no cpu 4000; the last is 7"}};
  for (const auto& [place, message] : expected) {
    const auto result = Ask(Machine(), "zlib near " + place, cpus);
    EXPECT_TRUE(result.answers.empty());
    ASSERT_TRUE(result.miss);
    EXPECT_EQ(result.miss->message, message);
    EXPECT_EQ(result.miss->part, "near " + place);
    EXPECT_EQ(Print(result.miss->closest_query.value()), "zlib");
  }
}

TEST(Find, ACpuIsNotMissingWhereNothingIsKnownOfCpus) {
  EXPECT_EQ(Ask(Machine(), "zlib near cpu:4000").answers.size(), 2u);
}

TEST(Find, ACardsOwnMemoryIsNearestToTheCard) {
  auto inventory = Machine();
  inventory.domains.insert(inventory.domains.begin(), {"card-0", MemoryKind::kHbm, "", {}, {}, {}, "card-0"});
  inventory.functions[1].card = "card-0";
  inventory.affinities = {{"numa-0/card-0", "card-0", 0, {}, {}}, {"numa-1", "card-0", 31, {}, {}}};
  const auto result = Ask(inventory, "zlib near memory:card-0");
  EXPECT_EQ(result.answers[0].reason.distance, 0);
  EXPECT_EQ(result.answers[1].reason.distance, 31);
}

TEST(Find, SharingHbmNamesTheDomainThatIsLocalToAll) {
  auto inventory = Machine();
  inventory.domains.push_back({"ram-9", MemoryKind::kDram, "", {}, {}, {}, "slow-card"});
  inventory.functions[0].card = "slow-card";
  inventory.affinities.push_back({"numa-1/slow-card", "hbm-3", 13, 130, 80000});
  const auto result = Ask(inventory, "zlib + sha256 sharing hbm");
  ASSERT_EQ(Queues(result), (std::vector<Ids>{{"zip-1", "sha-1"}}));
  const Reason expected{.domain = "hbm-3", .distance = 13, .distance_sum = 26, .pair_distance_sum = 10,
                        .latency_ns = 130, .bandwidth_mbps = 80000};
  EXPECT_EQ(result.answers.front().reason, expected);
}

TEST(Find, ChainedTakesTheStrongestWeakestLinkFirst) {
  auto inventory = Machine();
  inventory.links = {{"zip-0", "sha-1", LinkStrength::kOnCard, false},
                     {"zip-1", "sha-1", LinkStrength::kPeerToPeer, true}};
  const auto result = Ask(inventory, "zlib + sha256 chained");
  ASSERT_EQ(Queues(result), (std::vector<Ids>{{"zip-0", "sha-1"}, {"zip-1", "sha-1"}}));
  EXPECT_EQ(result.answers[0].reason.strength, LinkStrength::kOnCard);
  EXPECT_FALSE(result.answers[0].reason.assumed);
  EXPECT_EQ(result.answers[1].reason.strength, LinkStrength::kPeerToPeer);
  EXPECT_TRUE(result.answers[1].reason.assumed);
}

TEST(Find, ChainedGoesInTheOrderWritten) {
  auto inventory = Machine();
  inventory.links = {{"zip-0", "sha-1", LinkStrength::kOnCard, false}};
  EXPECT_TRUE(Ask(inventory, "sha256 + zlib chained").answers.empty());
}

TEST(Find, SharedAddressesNeedNoLink) {
  const auto result = Ask(Machine(), "zlib + sha256 chained=shared-address");
  EXPECT_EQ(Queues(result), (std::vector<Ids>{{"zip-1", "sha-1"}, {"zip-0", "sha-1"}}));
  EXPECT_EQ(result.answers[0].reason.strength, LinkStrength::kSharedAddress);
}

TEST(Find, AChainOfOneWantGoesThroughItsQueuesOneByOne) {
  auto inventory = Machine();
  inventory.links = {{"zip-1", "zip-0", LinkStrength::kOnCard, false}};
  EXPECT_EQ(Queues(Ask(inventory, "2 zlib chained")), (std::vector<Ids>{{"zip-1", "zip-0"}}));
}

TEST(Find, TwoQueuesOfOnePciFunctionReachEachOther) {
  auto inventory = Machine();
  auto& function = inventory.functions[1];
  function.path = "/sys/devices/pci0000:20/0000:20:00.0";
  function.queues.push_back(function.queues.front());
  function.queues.back().id = "zip-0.1";
  const auto result = Ask(inventory, "zlib + gzip chained");
  EXPECT_EQ(Queues(result), (std::vector<Ids>{{"zip-0", "zip-0.1"}, {"zip-0.1", "zip-0"}}));
  EXPECT_TRUE(result.answers[0].reason.assumed);
}

TEST(Find, NoQueueServesTwoWantsAndNoSetComesTwice) {
  EXPECT_EQ(Queues(Ask(Machine(), "zlib + gzip")), (std::vector<Ids>{{"zip-0", "zip-1"}}));
}

TEST(Find, TakesNoUnhealthyNoHeldAndNoClosedQueue) {
  auto inventory = Machine();
  inventory.functions[1].health = {false, "broken"};
  EXPECT_EQ(Queues(Ask(inventory, "zlib")), (std::vector<Ids>{{"zip-1"}}));
  FindOptions options;
  options.candidates.usage = {{"zip-1", {2, 2}}};
  EXPECT_TRUE(Ask(inventory, "zlib", options).answers.empty());
  inventory.functions[0].queues[0].nodes.clear();
  EXPECT_TRUE(Ask(inventory, "sha256").answers.empty());
}

TEST(Find, AllShowsHeldAndUnhealthyOnesMarked) {
  auto inventory = Machine();
  inventory.functions[1].health = {false, "broken"};
  FindOptions options;
  options.candidates.all = true;
  options.candidates.usage = {{"zip-1", {2, 2}}};
  const auto result = Ask(inventory, "2 zlib", options);
  ASSERT_EQ(result.answers.size(), 1u);
  EXPECT_EQ(result.answers[0].marks, (std::vector{Mark::kUnhealthy, Mark::kHeld}));
}

TEST(Find, OfEqualDistancesTheMostFreeSharesComeFirst) {
  FindOptions options;
  options.candidates.usage = {{"zip-0", {4, 2}}, {"zip-1", {4, 1}}};
  EXPECT_EQ(Ask(Machine(), "zlib", options).answers.front().queues, Ids{"zip-1"});
}

TEST(Find, AnUnknownValueMatchesNeitherWay) {
  auto inventory = Machine();
  inventory.functions[2].numa.reset();
  EXPECT_EQ(Queues(Ask(inventory, "zlib,numa!=1")), (std::vector<Ids>{{"zip-0"}}));
  EXPECT_TRUE(Ask(inventory, "zlib,card!=c").answers.empty());
}

TEST(Find, AskingForAFurtherOperationOfTheSameFunction) {
  auto inventory = Machine();
  inventory.functions[1].operations = {"zlib"};
  EXPECT_EQ(Queues(Ask(inventory, "zlib,operation=gzip")), (std::vector<Ids>{{"zip-1"}}));
  EXPECT_EQ(Queues(Ask(inventory, "zlib,operation!=gzip")), (std::vector<Ids>{{"zip-0"}}));
}

TEST(Find, StopsAtTheLimit) { EXPECT_EQ(Ask(Machine(), "zlib", {.limit = 1}).answers.size(), 1u); }

TEST(Find, SaysWhenItStoppedBeforeAllWasProven) {
  const auto result = Ask(Machine(), "zlib + sha256", {.max_steps = 1});
  EXPECT_FALSE(result.proven_best);
}

TEST(Miss, NamesAnOperationThatNothingHas) {
  const auto miss = *Ask(Machine(), "zlib + rsa").miss;
  EXPECT_EQ(miss.part, "rsa");
  EXPECT_EQ(miss.message, "no function has the operation rsa: there are gzip, sha256, zlib");
}

TEST(Miss, NamesTheFilterThatIsTooMuch) {
  const auto miss = *Ask(Machine(), "zlib,access=sva,interface=hisi_zip").miss;
  EXPECT_EQ(miss.part, "zlib,access=sva,interface=hisi_zip");
  EXPECT_EQ(miss.message, "of 2 functions with zlib none passes the filters");
  EXPECT_EQ(Print(*miss.closest_query), "zlib,access=sva");
  EXPECT_EQ(miss.closest->queues, Ids{"zip-0"});
}

TEST(Miss, CountsQueuesThatAreMissing) {
  FindOptions options;
  options.candidates.usage = {{"zip-1", {1, 1}}};
  const auto miss = *Ask(Machine(), "2 zlib near numa:1", options).miss;
  EXPECT_EQ(miss.part, "2 zlib");
  EXPECT_EQ(miss.message, "of 2 queues that could serve it 1 is to be had, 1 held");
  EXPECT_EQ(Print(*miss.closest_query), "zlib near numa:1");
}

TEST(Miss, SaysThatWantsCannotBeHadTogether) {
  const auto miss = *Ask(Machine(), "2 zlib + gzip").miss;
  EXPECT_EQ(miss.part, "2 zlib + gzip");
  EXPECT_FALSE(miss.closest);
}

TEST(Miss, SaysHowFarTheNearestIs) {
  const auto miss = *Ask(Machine(), "sha256 near numa:0 within 20").miss;
  EXPECT_EQ(miss.part, "near numa:0 within 20");
  EXPECT_EQ(miss.message, "not enough of them lie within 20; the nearest reach to 21");
  EXPECT_EQ(Print(*miss.closest_query), "sha256 near numa:0");
}

TEST(Miss, SaysThatNoMemoryIsShared) {
  EXPECT_EQ(Ask(Machine(), "2 zlib sharing hbm").miss->message, "no memory of kind hbm is local to enough of them");
  auto inventory = Machine();
  inventory.domains.resize(2);
  EXPECT_EQ(Ask(inventory, "2 zlib sharing hbm").miss->message, "there is no memory of kind hbm");
}

TEST(Miss, SaysWhichWeakerLinkWouldDo) {
  const auto miss = *Ask(Machine(), "zlib + sha256 chained=on-card").miss;
  EXPECT_EQ(miss.message, "no such links join them; shared-address would");
  EXPECT_EQ(miss.closest->queues, (Ids{"zip-1", "sha-1"}));
}

}  // namespace
}  // namespace nacelle

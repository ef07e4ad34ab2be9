// SPDX-License-Identifier: Apache-2.0
// Claims that several pods use, and what stays as it is once it is prepared.
#include <gtest/gtest.h>

#include <thread>

#include "core/base/files.h"
#include "plugin/dra/claim_journal.h"
#include "tests/integration/dra_node.h"
#include "tests/support/message_bytes.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

// A claim that the pods a and b use, beside one that each has for itself.
class DraShared : public testing::Test {
 protected:
  void SetUp() override {
    const auto zip = node.Add("sw_zip", 0), sec_0 = node.Add("sw_sec", 0), sec_1 = node.Add("sw_sec", 1);
    node.Publish();
    node.StartPlugin();
    shared = node.AddSharedClaim("shared", {zip}, {"a"});
    own_a = node.AddClaim("own-a", {sec_0}, "a");
    own_b = node.AddClaim("own-b", {sec_1}, "b");
    node.AddPod("a", {{"shared"}, {"own-a"}, {"shared", "own-a"}});
    node.AddPod("b", {{"shared"}, {"own-b"}, {"shared", "own-b"}});
  }
  void Join() { node.AddSharedClaim("shared", {"uacce-sw-zip-0"}, {"a", "b"}); }

  DraNode node;
  KubeletClaim shared, own_a, own_b;
};

TEST_F(DraShared, PodsThatStartTogetherGetTheSameOfIt) {
  Join();
  for (int round = 0; round < 10; ++round) {
    std::vector<dra::Device> by_a, by_b;
    {
      const std::jthread a([&] { by_a = Prepare(node, {shared, own_a}, shared); });
      by_b = Prepare(node, {shared, own_b}, shared);
    }
    ASSERT_EQ(by_a.size(), 1u);
    ASSERT_EQ(by_b.size(), 1u);
    EXPECT_EQ(by_a[0].cdi_device_ids(0), by_b[0].cdi_device_ids(0));
    EXPECT_EQ(node.Links(shared, by_a[0]), Strings{"sw_zip-0"});
    for (const auto& claim : {shared, own_a, own_b}) ASSERT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
  }
}

TEST_F(DraShared, APodThatJoinsChangesNothingOfTheOthers) {
  const auto before = Prepare(node, {shared, own_a}, shared), own = Prepare(node, {shared, own_a}, own_a);
  Join();
  ASSERT_EQ(Prepare(node, {shared, own_b}, own_b).size(), 1u);
  EXPECT_EQ(node.Links(shared, before.at(0)), Strings{"sw_zip-0"});
  EXPECT_EQ(node.Links(own_a, own.at(0)), Strings{"sw_sec-0"});
  // A kubelet that has restarted asks for all again.
  const auto after = Prepare(node, {shared, own_a}, shared), own_after = Prepare(node, {shared, own_a}, own_a);
  EXPECT_EQ(MessageBytes(after.at(0)), MessageBytes(before[0]));
  EXPECT_EQ(MessageBytes(own_after.at(0)), MessageBytes(own[0]));
  EXPECT_EQ(ListFolder(node.options.run_dir / "claim-views")->size(), 3u);
}

TEST_F(DraShared, ItKeepsItsDeviceAlsoForThePodThatJoinedWhenItsObjectIsGone) {
  ASSERT_EQ(Prepare(node, {shared}, shared).size(), 1u);
  Join();
  ASSERT_EQ(Prepare(node, {shared}, shared).size(), 1u);
  EXPECT_NE(ReadFile(Record(node, shared), 1 << 20)->find("uid-of-b"), std::string::npos);
}

TEST_F(DraShared, ACallThatReadItBeforeAPodJoinedForgetsNoPod) {
  Join();
  ASSERT_EQ(Prepare(node, {shared}, shared).size(), 1u);
  node.AddSharedClaim("shared", {"uacce-sw-zip-0"}, {"a"});
  ASSERT_EQ(Prepare(node, {shared}, shared).size(), 1u);
  node.StopPlugin();
  const auto record = ReadRecord(*ReadFile(Record(node, shared), 1 << 20), shared.uid);
  ASSERT_TRUE(record) << record.error().message();
  EXPECT_EQ(record->pods, (std::vector<PodRef>{{"a", "uid-of-a"}, {"b", "uid-of-b"}}));
}

TEST(DraPrepared, StaysAsItIsWhenMoreIsKnownOfThePod) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_sec", 0);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {a, b});
  const auto before = Prepare(node, {claim}, claim);
  node.AddPod("p", {{"c/r0"}, {"c/r1"}});
  const auto after = Prepare(node, {claim}, claim);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(MessageBytes(after[0]), MessageBytes(before.at(0)));
  EXPECT_EQ(node.Links(claim, before[0]), (Strings{"sw_sec-0", "sw_zip-0"}));
}

TEST(DraPrepared, ViewsThatSomebodyRemovedComeBack) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  fs::remove_all(node.options.run_dir / "claim-views");
  EXPECT_EQ(node.Links(claim, Prepare(node, {claim}, claim).at(0)), Strings{"sw_zip-0"});
}

TEST(DraPrepared, AViewThatSomebodyEmptiedIsFilledAgain) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  const auto view = node.MountedAt(claim, Prepare(node, {claim}, claim).at(0), "/sys/class/uacce").parent_path();
  const auto names = *ListFolder(view);
  for (const auto& name : names) fs::remove_all(view / name);
  EXPECT_EQ(node.Links(claim, Prepare(node, {claim}, claim).at(0)), Strings{"sw_zip-0"});
}

TEST(DraPrepared, AViewOfSeveralDevicesShowsThemAllWhenItComesBack) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_sec", 0);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {a, b});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 2u);
  node.AddPod("p", {{"c/r0"}, {"c/r1"}});
  fs::remove_all(node.options.run_dir / "claim-views");
  const auto after = Prepare(node, {claim}, claim);
  ASSERT_EQ(after.size(), 2u);
  EXPECT_EQ(node.Links(claim, after[0]), (Strings{"sw_sec-0", "sw_zip-0"}));
  EXPECT_EQ(node.Links(claim, after[1]), (Strings{"sw_sec-0", "sw_zip-0"}));
}

TEST(DraPrepared, ClaimsOfOnePodAreMadeReadyTogetherSoThatEachShowsTheOther) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_sec", 0);
  node.SetHealth(b, {false, "isolated"});
  node.Publish();
  node.StartPlugin();
  const auto one = node.AddClaim("one", {a}), two = node.AddClaim("two", {b});
  node.AddPod("p", {{"one", "two"}});
  const auto refused = node.kubelet.Prepare({one, two});
  ASSERT_TRUE(refused);
  EXPECT_NE(refused->at(one.uid).error().message().find("it waits for claim ns/two of the same pod"), std::string::npos)
      << refused->at(one.uid).error().message();
  EXPECT_NE(refused->at(two.uid).error().message().find("isolated"), std::string::npos);
  EXPECT_TRUE(node.offers.held_elsewhere().empty());
  node.SetHealth(b, {});
  node.Publish();
  EXPECT_EQ(node.Links(one, Prepare(node, {one, two}, one).at(0)), (Strings{"sw_sec-0", "sw_zip-0"}));
  EXPECT_EQ(node.Links(two, Prepare(node, {one, two}, two).at(0)), (Strings{"sw_sec-0", "sw_zip-0"}));
}

}  // namespace
}  // namespace nacelle

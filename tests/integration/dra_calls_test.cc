// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <atomic>

#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "tests/integration/dra_node.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

// Prepares each claim by a call of its own, all at once.
class Burst {
 public:
  Burst(DraNode& node, const std::vector<KubeletClaim>& claims) {
    for (const auto& claim : claims) threads_.emplace_back([this, &node, claim] { Prepare(node, claim); });
  }

  // How many claims were prepared; waits for all.
  int prepared() {
    threads_.clear();
    return prepared_;
  }
  bool answered_all(std::size_t count) const { return static_cast<std::size_t>(answered_) == count; }
  int failed_calls() const { return failed_calls_; }

 private:
  void Prepare(DraNode& node, const KubeletClaim& claim) {
    const auto answer = node.kubelet.Prepare({claim});
    if (!answer) ++failed_calls_;
    else if (answer->at(claim.uid)) ++prepared_;
    ++answered_;
  }

  std::atomic<int> prepared_ = 0, answered_ = 0, failed_calls_ = 0;
  std::vector<std::jthread> threads_;
};

std::size_t Records(const DraNode& node) {
  const auto files = ListFolder(node.options.state_dir / "claims");
  return files ? files->size() : 0;
}

// Requests for claims that the API server has taken and not answered.
std::size_t ClaimRequests(const DraNode& node) {
  std::size_t count = 0;
  for (const auto& request : node.api.requests()) count += request.path.find("/resourceclaims/") != std::string::npos;
  return count;
}

// Whether a thread is in open() of a FIFO that has no other end yet (fs/pipe.c).
bool WaitsForReader() {
  for (const auto& task : std::filesystem::directory_iterator("/proc/self/task")) {
    const auto where = ReadFile(task.path() / "wchan", 100);
    if (where && *where == "wait_for_partner") return true;
  }
  return false;
}

ApiFaults Silence() {
  ApiFaults faults;
  faults.never_answer = true;
  return faults;
}

// A started plugin that has nothing to say to the API server any more.
void Start(DraNode& node) {
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
}

TEST(DraCalls, SixtyAtOnceAreAllAnswered) {
  DraNode node;
  const auto claims = node.AddClaims(60);
  Start(node);
  Burst burst(node, claims);
  EXPECT_EQ(burst.prepared(), 60);
  EXPECT_EQ(burst.failed_calls(), 0);
  EXPECT_EQ(node.offers.held_elsewhere().size(), 60u);
}

// The disk hangs with a claim while the others come, so they are stored together:
// opening a FIFO for writing waits until somebody reads.
TEST(DraCalls, WhatWaitsForTheDiskIsStoredTogetherAndOneThatFailsFailsAlone) {
  DraNode node;
  const auto claims = node.AddClaims(7);
  Start(node);
  std::filesystem::create_directories(Record(node, claims[3]));
  const auto fifo = Journal(node) + ".new";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  Burst first(node, {claims[0]});
  ASSERT_TRUE(node.api.Wait(WaitsForReader));
  Burst others(node, {claims.begin() + 1, claims.end()});
  ASSERT_TRUE(node.api.Wait([&] { return ClaimRequests(node) == claims.size(); }));
  const UniqueFd reader(open(fifo.c_str(), O_RDONLY | O_CLOEXEC));
  EXPECT_EQ(others.prepared(), 5);
  EXPECT_EQ(first.prepared(), 0);
  std::filesystem::remove(Record(node, claims[3]));
  EXPECT_EQ(Records(node), 5u);
  EXPECT_EQ(node.offers.held_elsewhere().size(), 5u);
  for (const auto& claim : {claims[0], claims[3]}) EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
}

TEST(DraCalls, AnUnprepareIsDoneWhileFortyPreparesWaitForTheApiServer) {
  DraNode node;
  auto claims = node.AddClaims(41);
  Start(node);
  const auto running = claims.back();
  claims.pop_back();
  ASSERT_EQ(Prepare(node, {running}, running).size(), 1u);
  const auto before = ClaimRequests(node);
  node.api.SetFaults(Silence());
  Burst burst(node, claims);
  ASSERT_TRUE(node.api.Wait([&] { return ClaimRequests(node) > before; }));
  const auto unprepared = node.kubelet.Unprepare({running});
  ASSERT_TRUE(unprepared) << unprepared.error().message();
  EXPECT_TRUE(unprepared->at(running.uid));
  EXPECT_FALSE(burst.answered_all(1));
  node.api.SetFaults({});
  EXPECT_EQ(burst.prepared(), 40);
}

TEST(DraCalls, TheClaimsOfOneCallAreReadSideBySide) {
  DraNode node;
  const auto claims = node.AddClaims(6);
  Start(node);
  const auto before = ClaimRequests(node);
  node.api.SetFaults(Silence());
  std::jthread call([&] { EXPECT_EQ(Prepare(node, claims, claims[5]).size(), 1u); });
  EXPECT_TRUE(node.api.Wait([&] { return ClaimRequests(node) == before + 6; }));
  node.api.SetFaults({});
}

TEST(DraCalls, AClaimThatIsUnpreparedWhileItIsReadIsNotPreparedAfterwards) {
  DraNode node;
  const auto claims = node.AddClaims(2);
  Start(node);
  const auto before = ClaimRequests(node);
  node.api.SetFaults(Silence());
  Result<ContractDraKubelet::Prepared> prepared = Error(Code::kInternal, "no answer");
  std::jthread call([&] { prepared = node.kubelet.Prepare(claims); });
  ASSERT_TRUE(node.api.Wait([&] { return ClaimRequests(node) >= before + 2; }));
  ASSERT_TRUE(node.kubelet.Unprepare({claims[0]})->at(claims[0].uid));
  node.api.SetFaults({});
  call.join();
  ASSERT_TRUE(prepared);
  EXPECT_NE(prepared->at(claims[0].uid).error().message().find("unprepared meanwhile"), std::string::npos);
  EXPECT_TRUE(prepared->at(claims[1].uid));
  EXPECT_FALSE(std::filesystem::exists(Record(node, claims[0])));
  EXPECT_TRUE(node.Spec(claims[0]).is_null());
  EXPECT_EQ(node.offers.held_elsewhere().size(), 1u);
}

TEST(DraCalls, NothingIsPreparedForAKubeletThatHasGivenTheCallUp) {
  DraNode node;
  const auto claims = node.AddClaims(7);
  Start(node);
  const auto before = ClaimRequests(node);
  node.api.SetFaults(Silence());
  EXPECT_FALSE(node.kubelet.Prepare(claims, milliseconds(300)));
  EXPECT_GT(ClaimRequests(node), before);
  const auto last = node.AddClaim("last", {node.Add("sw_zip", 7)});
  node.Publish();
  // It goes over the same connection, behind the news that the call was given up.
  ASSERT_TRUE(node.kubelet.Unprepare({last}));
  node.api.SetFaults({});
  // The next call comes after all that was left of the one before.
  ASSERT_EQ(Prepare(node, {last}, last).size(), 1u);
  EXPECT_EQ(Records(node), 1u);
  EXPECT_EQ(node.offers.held_elsewhere().size(), 1u);
}

TEST(DraCalls, EndBeforeTheKubeletGivesThemUpHoweverManyClaimsTheyHave) {
  DraNode node;
  node.options.call_limit = milliseconds(400);
  const auto claims = node.AddClaims(20);
  Start(node);
  node.api.SetFaults(Silence());
  // Of what waits for a thread, too.
  const auto prepared = node.kubelet.Prepare(claims, milliseconds(8'000));
  ASSERT_TRUE(prepared) << prepared.error().message();
  for (const auto& claim : claims) {
    ASSERT_FALSE(prepared->at(claim.uid));
    const auto& reason = prepared->at(claim.uid).error().message();
    EXPECT_TRUE(reason.find("no answer in time") != std::string::npos || reason.find("within 400 ms") != std::string::npos) << reason;
  }
  EXPECT_EQ(Records(node), 0u);
}

TEST(DraCalls, AServerThatAsksToComeBackLaterIsAskedAgainWithinTheCall) {
  DraNode node;
  const auto claims = node.AddClaims(1);
  Start(node);
  ApiFaults faults;
  faults.statuses = {429, 429};
  faults.headers = "Retry-After: 0\r\n";
  node.api.SetFaults(faults);
  EXPECT_EQ(Prepare(node, claims, claims[0]).size(), 1u);
  EXPECT_TRUE(node.api.Wait([&] { return ClaimRequests(node) >= 2; }));
}

TEST(DraCalls, AServerThatAsksToComeBackMuchLaterIsTheClaimsError) {
  DraNode node;
  node.options.call_limit = milliseconds(500);
  const auto claims = node.AddClaims(1);
  Start(node);
  ApiFaults faults;
  faults.statuses = {429, 429, 429, 429};
  faults.headers = "Retry-After: 60\r\n";
  node.api.SetFaults(faults);
  EXPECT_NE(Refusal(node, claims[0]).message().find("429"), std::string::npos);
  node.api.SetFaults({});
  EXPECT_EQ(Prepare(node, claims, claims[0]).size(), 1u);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <thread>

#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "tests/integration/dra_node.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

TEST(DraDisk, AFolderThatCannotBeWrittenIsTheClaimsErrorAndRecovers) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0);
  node.Publish();
  ASSERT_TRUE(ReplaceFile(node.options.cdi_dir, "a file in the place of the folder"));
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {id});
  EXPECT_NE(Refusal(node, claim).message().find("cannot write the CDI spec: " + node.options.cdi_dir.native()), std::string::npos)
      << Refusal(node, claim).message();
  std::filesystem::remove(node.options.cdi_dir);
  EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  EXPECT_FALSE(node.Spec(claim).is_null());
}

TEST(DraDisk, AFullDiskIsTheClaimsErrorAndHurtsNobodyElse) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto running = node.AddClaim("running", {a}), late = node.AddClaim("late", {b});
  const auto before = Prepare(node, {running}, running);
  ASSERT_EQ(before.size(), 1u);
  // Whatever is written there finds no space left.
  std::filesystem::remove(Journal(node));
  const auto temporary = Journal(node) + ".new";
  std::filesystem::create_symlink("/dev/full", temporary);
  EXPECT_NE(Refusal(node, late).message().find("No space left"), std::string::npos) << Refusal(node, late).message();
  EXPECT_EQ(node.Links(running, before[0]), Strings{"sw_zip-0"});
  EXPECT_EQ(node.offers.held_elsewhere().size(), 1u);
  std::filesystem::remove(temporary);
  EXPECT_EQ(Prepare(node, {late}, late).size(), 1u);
}

TEST(DraDisk, AClaimDoesNotWaitForADiskThatHangs) {
  DraNode node;
  node.options.disk_limit = std::chrono::milliseconds(100);
  const auto id = node.Add("sw_zip", 0);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {id});
  // Opening a FIFO for writing hangs until somebody reads.
  const auto fifo = Journal(node) + ".new";
  std::filesystem::create_directories(node.options.state_dir / "claims");
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_NE(Refusal(node, claim).message().find("a disk may hang"), std::string::npos);
  const UniqueFd reader(open(fifo.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(node.api.Wait([&] { return node.kubelet.Prepare({claim})->at(claim.uid).ok(); }));
}

TEST(DraApiServer, ABusyOrBrokenOneIsTheClaimsErrorUntilItIsWell) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ApiFaults faults;
  faults.refuse_path = "resourceclaims";
  node.api.SetFaults(faults);
  EXPECT_NE(Refusal(node, claim).message().find("403"), std::string::npos);
  faults = {};
  faults.garbage = "<html>";
  node.api.SetFaults(faults);
  EXPECT_NE(Refusal(node, claim).message().find("no JSON"), std::string::npos);
  node.api.SetFaults({});
  EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
}

TEST(DraApiServer, OneThatAnswersLateOrAsksToComeBackDelaysAClaimAndNoMore) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ApiFaults faults;
  faults.delay = std::chrono::milliseconds(300);
  node.api.SetFaults(faults);
  EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  EXPECT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
}

TEST(DraApiServer, AnAnswerOf409Or410Or500IsTheClaimsErrorAndTheNextAttemptIsWell) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0);
  node.plan.offers[0].route = Route::kDevicePlugin;  // nothing is published, so that only the claim asks
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(node.api.Wait([&] { return node.api.Count("GET") >= 2; }));
  node.plan.offers[0].route = Route::kDra;
  const auto claim = node.AddClaim("c", {id});
  for (const int status : {409, 410, 500}) {
    ApiFaults faults;
    faults.statuses = {status};
    node.api.SetFaults(faults);
    EXPECT_NE(Refusal(node, claim).message().find(std::to_string(status)), std::string::npos) << status;
  }
  node.Publish();
  EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
}

// The warnings since the capture began, without their time.
std::vector<std::string> CapturedWarnings() {
  std::vector<std::string> lines;
  std::istringstream text(testing::internal::GetCapturedStderr());
  for (std::string line; std::getline(text, line);) {
    if (const auto level = line.find("level=warning"); level != std::string::npos) lines.push_back(line.substr(level));
  }
  return lines;
}

TEST(DraApiServer, AnOutageIsToldOnceByEachThatNeedsTheServer) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  const auto running = node.AddClaim("running", {a}), late = node.AddClaim("late", {b});
  ApiFaults faults;
  faults.refuse_path = "/status";
  node.api.SetFaults(faults);
  ASSERT_EQ(Prepare(node, {running}, running).size(), 1u);
  testing::internal::CaptureStderr();
  // It fails in two ways by turns, as one behind a balancer does.
  faults.refuse_path = "/api";
  faults.refuse_with = 503;
  for (int i = 0; i < 200; ++i) faults.statuses.push_back(i % 3 == 0 ? 500 : 0);
  node.api.SetFaults(faults);
  node.api.Stop();  // ends the watch
  node.api.Start();
  node.SetHealth(b, {false, "isolated"});
  node.Publish();
  const auto asked = [&](const std::string& path) {
    std::size_t count = 0;
    for (const auto& request : node.api.requests()) count += request.path.ends_with(path);
    return count;
  };
  const auto statuses = asked("/status"), slices = asked("/resourceslices"), nodes = asked("/nodes/n1");
  for (int i = 0; i < 10; ++i) EXPECT_NE(Refusal(node, late).message().find("the API server answered 50"), std::string::npos);
  EXPECT_TRUE(node.api.Wait([&] {
    return asked("/status") > statuses + 20 && asked("/resourceslices") > slices + 20 && asked("/nodes/n1") > nodes + 20;
  }));
  const auto lines = CapturedWarnings();
  EXPECT_EQ(std::set(lines.begin(), lines.end()).size(), lines.size()) << testing::PrintToString(lines);
  for (const auto* message : {"the API server cannot be watched", "the resource slices cannot be published", "claim not prepared",
                              "the status of a claim was not written"}) {
    const auto of_it = [&](const std::string& line) { return line.find(message) != std::string::npos; };
    EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), of_it)) << message;
  }
}

TEST(DraHealth, IsToldAtOnceAndAfterEachChange) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto first = node.kubelet.WatchHealth([](const auto&) { return true; });
  ASSERT_TRUE(first) << first.error().message();
  EXPECT_EQ(first->at(a).first, v1::HEALTHY);
  node.SetHealth(b, {false, "isolated"});
  node.Publish();
  const auto second = node.kubelet.WatchHealth([&](const auto& health) { return health.at(b).first == v1::UNHEALTHY; });
  ASSERT_TRUE(second);
  EXPECT_EQ(second->at(b).second, "isolated");
  EXPECT_EQ(second->at(a).first, v1::HEALTHY);
}

TEST(DraHealth, AFunctionThatIsGoneIsUnhealthyForTheClaimThatHasIt) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  node.inventory.functions.clear();
  node.plan.offers.clear();
  node.Publish();
  const auto health = node.kubelet.WatchHealth([&](const auto& told) { return told.at(id).first == v1::UNHEALTHY; });
  ASSERT_TRUE(health);
  EXPECT_EQ(health->at(id).second, "gone");
}

// A server that nobody finds may still answer on a connection from before.
bool WaitForSocket(const DraNode& node) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!fs::is_socket(node.folder / "plugins_registry/nacelle.dev-reg.sock")) {
    if (std::chrono::steady_clock::now() >= deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

TEST(DraSocket, ThatSomebodyRemovedIsServedAgain) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  for (int i = 0; i < 3; ++i) {
    fs::remove(node.folder / "plugins_registry/nacelle.dev-reg.sock");
    ASSERT_TRUE(WaitForSocket(node));
    ASSERT_TRUE(node.kubelet.Register("nacelle.dev"));
    EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  }
  EXPECT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
}

TEST(DraSocket, IsServedAgainWhereItsFolderWasMadeAnew) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  fs::rename(node.folder / "plugins_registry", node.folder / "moved");
  fs::create_directory(node.folder / "plugins_registry");
  ASSERT_TRUE(WaitForSocket(node));
  ASSERT_TRUE(node.kubelet.Register("nacelle.dev"));
  EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
}

}  // namespace
}  // namespace nacelle

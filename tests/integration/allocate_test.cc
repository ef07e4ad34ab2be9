// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "core/base/unique_fd.h"
#include "plugin/grant/grant.h"
#include "tests/integration/test_node.h"
#include "tests/support/message_bytes.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

void Start(TestNode& node) {
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 1, 1);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
}

TEST(Allocate, GivesTheNodeTheMaskedFoldersAndTheVariable) {
  TestNode node;
  Start(node);
  const auto id = IdOf("sw_zip", 0);
  const auto response = node.kubelet.Allocate(kZip, {{id}});
  ASSERT_TRUE(response);
  const auto& container = response->container_responses(0);
  ASSERT_EQ(container.devices_size(), 1);
  EXPECT_EQ(container.devices(0).container_path(), "/dev/sw_zip-0");
  EXPECT_EQ(container.devices(0).host_path(), "/dev/sw_zip-0");
  EXPECT_EQ(container.devices(0).permissions(), "rw");
  ASSERT_EQ(container.mounts_size(), 3);
  const auto view = ViewPath(node.state(), GrantId(kZip, {id}));
  EXPECT_EQ(container.mounts(0).container_path(), "/dev/char");
  EXPECT_EQ(container.mounts(1).container_path(), "/run/nacelle");
  EXPECT_EQ(container.mounts(2).container_path(), "/sys/class/uacce");
  EXPECT_EQ(container.mounts(2).host_path(), (view / "sys-class-uacce").native());
  EXPECT_TRUE(container.mounts(2).read_only());
  EXPECT_EQ(container.envs().at("NACELLE_FUNCTIONS"), "/run/nacelle/functions.json");
}

// Its container keeps the right to open that number, whatever it means now.
TEST(Allocate, OfAQueueWhoseNumberARunningContainerCanOpenIsRefused) {
  TestNode node;
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0)}));
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.Remove("sw_zip", 0);
  node.Add("sw_zip", 7, 0, 0);
  node.Publish();
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).contains(IdOf("sw_zip", 7)); }));
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 7)}});
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().message().find("can still be opened by the holder"), std::string::npos) << response.error().message();
}

TEST(Allocate, TheSameAgainIsNoError) {
  TestNode node;
  Start(node);
  const auto first = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  const auto second = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(MessageBytes(*first), MessageBytes(*second));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("grants").size() == 1; }));
}

TEST(Allocate, OrderAndRepetitionOfIdsDoNotMatter) {
  TestNode node;
  Start(node);
  const auto a = IdOf("sw_zip", 0), b = IdOf("sw_zip", 1);
  const auto first = node.kubelet.Allocate(kZip, {{a, b}});
  const auto second = node.kubelet.Allocate(kZip, {{b, a, b}});
  ASSERT_TRUE(first && second);
  EXPECT_EQ(MessageBytes(*first), MessageBytes(*second));
}

TEST(Allocate, AnswersEachContainerRequestAndAnEmptyOne) {
  TestNode node;
  Start(node);
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}, {}, {IdOf("sw_zip", 1)}});
  ASSERT_TRUE(response);
  ASSERT_EQ(response->container_responses_size(), 3);
  EXPECT_EQ(response->container_responses(1).devices_size(), 0);
  EXPECT_EQ(response->container_responses(2).devices(0).host_path(), "/dev/sw_zip-1");
}

TEST(Allocate, WithoutRequestsAnswersNothing) {
  TestNode node;
  Start(node);
  const auto response = node.kubelet.Allocate(kZip, {});
  ASSERT_TRUE(response);
  EXPECT_EQ(response->container_responses_size(), 0);
}

TEST(Allocate, RefusesUnknownIdsAndThoseOfAnotherOffer) {
  TestNode node;
  node.Add("sw_hash", 0, 0, 5);
  Start(node);
  for (const auto& id : {std::string("nobody"), IdOf("sw_hash", 0)}) {
    const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0), id}});
    ASSERT_FALSE(response);
    EXPECT_NE(response.error().message().find("'" + id + "' is not offered"), std::string::npos);
  }
  EXPECT_TRUE(node.StateFiles("grants").empty());
}

TEST(Allocate, RefusesAnUnhealthyFunctionWithItsReason) {
  TestNode node;
  Start(node);
  node.SetHealth(IdOf("sw_zip", 0), {false, "isolated by the driver"});
  node.Publish();
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().message().find("isolated by the driver"), std::string::npos);
}

TEST(Allocate, RefusesANodeWhoseNumbersChangedSinceTheScan) {
  TestNode node;
  Start(node);
  node.host.Set("/dev/sw_zip-0", "c 240:9");
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().message().find("/dev/sw_zip-0 (240:0) is 240:9 now"), std::string::npos)
      << response.error().message();
}

TEST(Allocate, RefusesANodeThatNowBelongsToAnotherFunction) {
  TestNode node;
  Start(node);
  node.host.Set("/sys/class/uacce/sw_zip-0", "-> ../../devices/platform/sw_zip.5/uacce/sw_zip-0");
  const auto response = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}});
  ASSERT_FALSE(response);
  EXPECT_NE(response.error().message().find("leads to"), std::string::npos) << response.error().message();
}

TEST(Allocate, RefusesANodeThatVanished) {
  TestNode node;
  Start(node);
  node.host.Remove("/dev/sw_zip-0");
  EXPECT_FALSE(node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 0)}}));
  EXPECT_TRUE(node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 1)}}));
}

TEST(Allocate, DoesNotWaitForADiskThatHangs) {
  auto options = TestNode::FastOptions();
  options.pre_start_limit = milliseconds(1000);
  TestNode node(options);
  const auto folder = node.state() / "grants";
  std::filesystem::create_directories(folder);
  const auto leftover = folder / (GrantId(kHash, {IdOf("sw_hash", 0)}) + ".json");
  std::ofstream(leftover) << "torn";
  Start(node);
  // What a start sweeps away is to be the leftover, and not what follows.
  ASSERT_TRUE(node.kubelet.Wait([&] { return !std::filesystem::exists(leftover); }));
  // Opening a FIFO for writing hangs until somebody reads.
  const auto record = folder / (GrantId(kZip, {IdOf("sw_zip", 0)}) + ".json");
  ASSERT_EQ(mkfifo(record.c_str(), 0600), 0);
  EXPECT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  EXPECT_TRUE(node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 1)}}));
  const auto hung = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(hung);
  EXPECT_NE(hung.error().message().find("a disk may hang"), std::string::npos) << hung.error().message();
  const UniqueFd reader(open(record.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.StartContainer("p", "c").ok(); }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Allocate, WithoutAStateFolderTheStartSaysWhyAndRecoversByItself) {
  TestNode node;
  Start(node);
  std::filesystem::create_symlink("/dev/null/nothing", node.state());
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  const auto refused = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("cannot record the grant"), std::string::npos);
  std::filesystem::remove(node.state());
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.StartContainer("p", "c").ok(); }));
}

TEST(GetPreferredAllocation, TakesWhatMustBeIncludedAndSpreadsOverTheNearest) {
  TestNode node;
  node.Add("sw_zip", 2, 0, 2);
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 1, 1);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  const auto a = IdOf("sw_zip", 0), b = IdOf("sw_zip", 1), c = IdOf("sw_zip", 2);
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {a, b, c}));
  const auto preferred = node.kubelet.Prefer(kZip, {a, b, c}, {c}, 2);
  ASSERT_TRUE(preferred);
  EXPECT_EQ(*preferred, (std::vector<std::string>{a, c}));
}

TEST(GetPreferredAllocation, IsNeverAnError) {
  TestNode node;
  Start(node);
  EXPECT_TRUE(node.kubelet.Prefer(kZip, {}, {}, 0));
  EXPECT_TRUE(node.kubelet.Prefer(kZip, {"nobody"}, {"somebody"}, 3));
  EXPECT_TRUE(node.kubelet.Prefer(kZip, {IdOf("sw_zip", 0)}, {}, -1));
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <atomic>
#include <fstream>
#include <thread>

#include "core/base/files.h"
#include "core/json/value.h"
#include "plugin/grant/grant.h"
#include "tests/integration/test_node.h"
#include "tests/support/small_disk.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

void Start(TestNode& node) {
  node.Add("sw_zip", 0, 0, 0);
  node.Add("sw_zip", 1, 1, 1);
  node.Add("sw_hash", 0, 0, 2);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kHash, {IdOf("sw_hash", 0)}));
}

std::vector<std::string> Names(const std::string& folder) {
  auto names = ListFolder(folder);
  return names ? *names : std::vector<std::string>{"(" + names.error().message() + ")"};
}

std::vector<std::string> ResourcesIn(const StartedContainer& container) {
  const auto text = ReadFile(fs::path(container.mounts.at("/run/nacelle")) / "functions.json", 1 << 20);
  if (!text) return {text.error().message()};
  const auto document = json::Parse(*text);
  std::vector<std::string> resources;
  for (const auto& grant : *document->AsObject()->Find("grants")->AsArray()) {
    resources.push_back(*grant.AsObject()->Find("resource")->AsString());
  }
  return resources;
}

TEST(PreStartContainer, MakesAViewThatShowsJustTheContainersOwnDevices) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  const auto container = node.kubelet.StartContainer("p", "c");
  ASSERT_TRUE(container) << container.error().message();
  const auto masked = container->mounts.at("/sys/class/uacce");
  EXPECT_EQ(Names(masked), std::vector<std::string>{"sw_zip-0"});
  EXPECT_EQ(fs::read_symlink(fs::path(masked) / "sw_zip-0"), "../../devices/platform/sw_zip.0/uacce/sw_zip-0");
  EXPECT_EQ(ResourcesIn(*container), std::vector<std::string>{kZip});
}

TEST(PreStartContainer, TwoResourcesOfOneContainerShareOneDescriptionAndOneMask) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}, {kHash, 1}}));
  for (const bool keep_last : {true, false}) {
    const auto container = node.kubelet.StartContainer("p", "c", keep_last);
    ASSERT_TRUE(container);
    EXPECT_EQ(Names(container->mounts.at("/sys/class/uacce")), (std::vector<std::string>{"sw_hash-0", "sw_zip-0"}));
    EXPECT_EQ(ResourcesIn(*container), (std::vector<std::string>{kHash, kZip}));
    EXPECT_EQ(container->nodes, (std::vector<std::string>{"/dev/sw_hash-0", "/dev/sw_zip-0"}));
  }
}

TEST(PreStartContainer, TwoResourcesOfAnInitContainerShareOneDescriptionAndOneMask) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "init", {{kZip, 1}, {kHash, 1}}, true));
  ASSERT_TRUE(node.kubelet.Admit("p", "main", {}));
  for (const bool keep_last : {true, false}) {
    const auto container = node.kubelet.StartContainer("p", "init", keep_last);
    ASSERT_TRUE(container);
    EXPECT_EQ(Names(container->mounts.at("/sys/class/uacce")), (std::vector<std::string>{"sw_hash-0", "sw_zip-0"}));
    EXPECT_EQ(ResourcesIn(*container), (std::vector<std::string>{kHash, kZip}));
  }
}

TEST(PreStartContainer, TwoContainersOfAPodDoNotSeeOneAnothersDevices) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "a", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.Admit("p", "b", {{kHash, 1}}));
  const auto container = node.kubelet.StartContainer("p", "a");
  ASSERT_TRUE(container);
  EXPECT_EQ(Names(container->mounts.at("/sys/class/uacce")), std::vector<std::string>{"sw_zip-0"});
}

TEST(PreStartContainer, AnInitContainerWhoseDevicesAreUsedAgainStarts) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "init", {{kZip, 1}}, true));
  ASSERT_TRUE(node.kubelet.Admit("p", "main", {{kZip, 2}, {kHash, 1}}));
  const auto init = node.kubelet.StartContainer("p", "init");
  ASSERT_TRUE(init) << init.error().message();
  EXPECT_TRUE(fs::is_symlink(fs::path(init->mounts.at("/sys/class/uacce")) / "sw_zip-0"));
  const auto main = node.kubelet.StartContainer("p", "main");
  ASSERT_TRUE(main) << main.error().message();
  EXPECT_EQ(Names(main->mounts.at("/sys/class/uacce")), (std::vector<std::string>{"sw_hash-0", "sw_zip-0", "sw_zip-1"}));
}

TEST(PreStartContainer, RebuildsAMissingViewAndUpdatesAUsedOneInPlace) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  const auto container = node.kubelet.StartContainer("p", "c");
  ASSERT_TRUE(container);
  const fs::path masked = container->mounts.at("/sys/class/uacce");
  fs::create_symlink("elsewhere", masked / "foreign-0");
  fs::remove(masked / "sw_zip-0");
  struct stat before {};
  struct stat after {};
  ASSERT_EQ(stat(masked.c_str(), &before), 0);
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_EQ(Names(masked), std::vector<std::string>{"sw_zip-0"});
  ASSERT_EQ(stat(masked.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  fs::remove_all(node.state() / "views");
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_EQ(Names(masked), std::vector<std::string>{"sw_zip-0"});
}

TEST(PreStartContainer, WorksForANewAgentThatNeverSawTheAllocate) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  node.StopAgent();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
}

TEST(PreStartContainer, RefusesWhenTheNodeNameMeansAnotherFunction) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  // The kernel gave sw_zip.0 another index, and its old one to sw_zip.7.
  node.Remove("sw_zip", 0);
  node.Add("sw_zip", 7, 0, 0);
  auto& taker = *std::find_if(node.inventory.functions.begin(), node.inventory.functions.end(),
                              [](const Function& f) { return f.id == IdOf("sw_zip", 7); });
  taker.queues[0].nodes[0].path = "/dev/sw_zip-0";
  node.host.Set("/dev/sw_zip-0", "c 240:0");
  node.Publish();
  const auto refused = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(refused);
  const auto& message = refused.error().message();
  EXPECT_NE(message.find("function uacce-sw-zip-0 was /dev/sw_zip-0 (240:0) when granted, is gone"), std::string::npos) << message;
  EXPECT_NE(message.find("/dev/sw_zip-0 is function uacce-sw-zip-7 now"), std::string::npos) << message;
}

TEST(PreStartContainer, RefusesWhenTheFunctionIsUnderAnotherNumberNow) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  node.Remove("sw_zip", 0);
  node.Add("sw_zip", 0, 0, 8);
  node.Publish();
  const auto refused = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("is /dev/sw_zip-0 (240:8) now"), std::string::npos) << refused.error().message();
}

TEST(PreStartContainer, RefusesWhatWasChangedBehindTheScan) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  node.host.Set("/dev/sw_zip-0", "c 240:8");
  EXPECT_FALSE(node.kubelet.StartContainer("p", "c"));
  node.host.Set("/dev/sw_zip-0", "c 240:0");
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
}

TEST(PreStartContainer, RefusesAGrantWithoutARecord) {
  TestNode node;
  Start(node);
  const auto status = node.kubelet.PreStart(kZip, {IdOf("sw_zip", 0)});
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("no record that uacce-sw-zip-0 was granted"), std::string::npos);
}

TEST(PreStartContainer, ATornRecordCountsAsNone) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  node.StopAgent();
  const auto record = node.state() / "grants" / node.StateFiles("grants").at(0);
  fs::resize_file(record, fs::file_size(record) / 2);
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  const auto refused = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("no record"), std::string::npos);
}

TEST(PreStartContainer, IsToBeRetriedWhilePodResourcesIsDownOrSlow) {
  auto options = TestNode::FastOptions();
  options.pre_start_limit = milliseconds(400);
  TestNode node(options);
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  node.kubelet.pod_resources().SetDown(true);
  const auto down = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(down);
  EXPECT_EQ(down.error().code(), Code::kUnavailable);
  node.kubelet.pod_resources().SetDown(false);
  node.kubelet.pod_resources().SetDelay(std::chrono::seconds(5));
  EXPECT_FALSE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.pod_resources().SetDelay({});
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.StartContainer("p", "c").ok(); }));
}

TEST(PreStartContainer, ManyStartsAtOnceStayBelowTheKubeletsRateLimit) {
  TestNode node;
  for (int i = 10; i < 50; ++i) node.Add("sw_zip", i, 0, static_cast<unsigned>(i));
  node.Add("sw_zip", 0, 0, 0);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 41; }));
  for (int i = 0; i < 40; ++i) ASSERT_TRUE(node.kubelet.Admit("p" + std::to_string(i), "c", {{kZip, 1}}));
  std::atomic<int> started = 0;
  std::vector<std::jthread> threads;
  for (int worker = 0; worker < 4; ++worker) {
    threads.emplace_back([&, worker] {
      for (int i = worker; i < 40; i += 4) started += node.kubelet.StartContainer("p" + std::to_string(i), "c").ok();
    });
  }
  threads.clear();
  EXPECT_EQ(started, 40);
}

// As after a boot: all pods start at once, and another is admitted meanwhile.
TEST(PreStartContainer, ASlowKubeletAndAHundredStartsKeepNobodyFromAnAllocate) {
  auto options = TestNode::FastOptions();
  options.pre_start_limit = std::chrono::seconds(20);  // as on a node: each start is made durable
  TestNode node(options);
  for (int i = 0; i < 101; ++i) node.Add("sw_zip", i, 0, static_cast<unsigned>(i));
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kZip).size() == 101; }));
  for (int i = 0; i < 100; ++i) ASSERT_TRUE(node.kubelet.Admit("p" + std::to_string(i), "c", {{kZip, 1}}));
  node.kubelet.pod_resources().SetDelay(milliseconds(200));
  std::atomic<int> started = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i) {
      threads.emplace_back([&, i] { started += node.kubelet.StartContainer("p" + std::to_string(i), "c").ok(); });
    }
    for (int i = 0; i < 20; ++i) {
      const auto allocated = node.kubelet.Allocate(kZip, {{IdOf("sw_zip", 100)}});
      EXPECT_TRUE(allocated) << allocated.error().message();
    }
  }
  EXPECT_EQ(started, 100);
}

TEST(PreStartContainer, AViewThatCannotBeWrittenIsAClearErrorAndRecovers) {
  TestNode node;
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.Wait([&] { return !node.StateFiles("grants").empty(); }));
  std::ofstream(node.state() / "views") << "in the way";
  const auto refused = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("cannot write the view"), std::string::npos) << refused.error().message();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  fs::remove(node.state() / "views");
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
}

// Folders and links of the view still find room; its description does not.
TEST(PreStartContainer, AFullDiskIsAClearErrorAndTheContainerStartsOnceThereIsRoom) {
  TestNode node;
  fs::create_directories(node.state());
  const SmallDisk disk(node.state());
  if (!disk.ok()) GTEST_SKIP() << "needs the right to mount a tmpfs";
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kZip, 1}}));
  ASSERT_TRUE(node.kubelet.Wait([&] { return !node.StateFiles("grants").empty(); }));
  disk.Fill();
  const auto refused = node.kubelet.StartContainer("p", "c");
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("No space left on device"), std::string::npos) << refused.error().message();
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  disk.MakeRoom();
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

#include "core/base/files.h"
#include "core/select/query_parser.h"
#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr const char* kPair = "nacelle.dev/pair";

DevicePluginOptions Options(int shares = 1) {
  auto options = TestNode::FastOptions();
  options.policy->offers = {{"pair", *ParseQuery("sha256 + zlib"), shares}};
  return options;
}

// A hash and a zip at each of nodes 0 and 1, and `spares` zips more at node 0.
void Add(TestNode& node, int spares = 0) {
  for (int i = 0; i < 2; ++i) {
    node.Add("sw_hash", i, i, static_cast<unsigned>(10 + i));
    node.Add("sw_zip", i, i, static_cast<unsigned>(i));
  }
  for (int i = 0; i < spares; ++i) node.Add("sw_zip", 2 + i, 0, static_cast<unsigned>(2 + i));
  for (auto& function : node.inventory.functions) {
    if (function.interface == "sw_hash") function.operations = {"sha256"};
  }
}

std::set<std::string> HealthyPairs(const TestNode& node) {
  std::set<std::string> ids;
  for (const auto& [id, device] : node.kubelet.Devices(kPair)) {
    if (device.healthy) ids.insert(id);
  }
  return ids;
}

std::set<std::string> WaitForPairs(const TestNode& node, std::size_t count) {
  EXPECT_TRUE(node.kubelet.Wait([&] { return HealthyPairs(node).size() == count; }));
  return HealthyPairs(node);
}

void Start(TestNode& node, int spares = 0) {
  Add(node, spares);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_EQ(WaitForPairs(node, 2).size(), 2u);
}

std::string TuplesFile(const TestNode& node) {
  const auto text = ReadFile(node.state() / "tuples.json", 1 << 20);
  return text ? *text : "";
}

TEST(Bundle, AContainerGetsAllQueuesOfItsTuple) {
  TestNode node(Options());
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kPair, 1}}));
  const auto started = node.kubelet.StartContainer("p", "c");
  ASSERT_TRUE(started) << started.error().message();
  ASSERT_EQ(started->nodes.size(), 2u);
  const auto index = started->nodes[0].back();
  EXPECT_EQ(started->nodes, (std::vector<std::string>{std::string("/dev/sw_hash-") + index, std::string("/dev/sw_zip-") + index}));
  const auto description = ReadFile(fs::path(started->mounts.at("/run/nacelle")) / "functions.json", 1 << 20);
  ASSERT_TRUE(description);
  const int number = index - '0';
  EXPECT_NE(description->find(IdOf("sw_hash", number)), std::string::npos);
  EXPECT_NE(description->find(IdOf("sw_zip", number)), std::string::npos);
}

TEST(Bundle, IsToldWithTheNodesThatItsQueuesHaveInCommon) {
  TestNode node(Options());
  Start(node);
  std::set<std::vector<int>> nodes;
  for (const auto& [id, device] : node.kubelet.Devices(kPair)) nodes.insert(device.numa);
  EXPECT_EQ(nodes, (std::set<std::vector<int>>{{0}, {1}}));
}

TEST(Bundle, IsSavedBeforeItIsPublished) {
  TestNode node(Options());
  Start(node);
  const auto file = TuplesFile(node);
  for (const auto& id : HealthyPairs(node)) EXPECT_NE(file.find(id), std::string::npos) << file;
}

TEST(Bundle, AllocateGrantsAllQueuesOrNothing) {
  TestNode node(Options());
  Start(node);
  const auto pairs = HealthyPairs(node);
  node.host.Remove("/dev/sw_zip-0");
  int granted = 0;
  for (const auto& id : pairs) {
    const auto response = node.kubelet.Allocate(kPair, {{id}});
    if (!response) continue;
    ++granted;
    EXPECT_EQ(response->container_responses(0).devices_size(), 2);
  }
  EXPECT_EQ(granted, 1);
  EXPECT_FALSE(node.kubelet.Allocate(kPair, {{pairs.begin(), pairs.end()}}));
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.StateFiles("grants").size() == 1; }));
}

TEST(Bundle, SharesMakeSoManyDevicesOfATuple) {
  TestNode node(Options(3));
  Add(node);
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  EXPECT_EQ(WaitForPairs(node, 6).size(), 6u);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kPair, 1}}));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
}

TEST(Bundle, ABrokenTupleLeavesAndItsSurvivorsArePairedAnew) {
  TestNode node(Options());
  Start(node, 1);
  const auto before = HealthyPairs(node);
  node.SetHealth(IdOf("sw_zip", 0), {false, "isolated"});
  node.Publish();
  EXPECT_EQ(WaitForPairs(node, 1).size(), 1u);
  const auto after = WaitForPairs(node, 2);
  EXPECT_NE(after, before);
  EXPECT_TRUE(node.kubelet.Wait([&] { return node.kubelet.Devices(kPair).size() == 2; }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Bundle, ABrokenTupleThatIsHeldStaysListedAndRecovers) {
  TestNode node(Options());
  Start(node, 1);
  const auto pairs = HealthyPairs(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kPair, 2}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.SetHealth(IdOf("sw_zip", 0), {false, "isolated"});
  node.Publish();
  EXPECT_EQ(WaitForPairs(node, 1).size(), 1u);
  EXPECT_FALSE(node.kubelet.Wait([&] { return node.kubelet.Devices(kPair).size() != 2; }, milliseconds(400)));
  node.SetHealth(IdOf("sw_zip", 0), {});
  node.Publish();
  EXPECT_EQ(WaitForPairs(node, 2), pairs);
  EXPECT_TRUE(node.kubelet.violations().empty());
}

// What a killed agent leaves is what it saved: it saves nothing when it ends.
TEST(Bundle, TheNextAgentPublishesTheSameTuplesThoughItWouldDivideOtherwise) {
  TestNode node(Options());
  Start(node);
  const auto pairs = HealthyPairs(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kPair, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.StopAgent();
  // Now a division from nothing would pair across.
  for (auto& function : node.inventory.functions) {
    if (function.interface == "sw_hash") function.numa = 1 - *function.numa;
  }
  node.Publish();
  node.StartAgent();
  EXPECT_EQ(WaitForPairs(node, 2), pairs);
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

TEST(Bundle, ATornFileCostsNoHolderItsTuple) {
  for (const auto* torn : {"", "{\"version\":1,\"tuples\":[{\"resou", "\xff\xfe\x00"}) {
    TestNode node(Options());
    Start(node);
    ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kPair, 1}}));
    ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
    const auto held = *node.kubelet.pods().Held(kPair).begin();
    node.StopAgent();
    std::ofstream(node.state() / "tuples.json", std::ios::trunc) << torn;
    // From nothing, the held queues would be paired otherwise.
    for (auto& function : node.inventory.functions) {
      if (function.interface == "sw_hash") function.numa = 1 - *function.numa;
    }
    node.Publish();
    node.StartAgent();
    EXPECT_TRUE(WaitForPairs(node, 2).contains(held));
    EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
    EXPECT_NE(TuplesFile(node).find(held), std::string::npos);
    EXPECT_TRUE(node.kubelet.violations().empty());
  }
}

TEST(Bundle, WithoutRoomOnTheDiskNoNewTupleIsPublishedAndAllElseGoesOn) {
  TestNode node(Options());
  Add(node, 1);
  for (auto& function : node.inventory.functions) {
    if (function.id == IdOf("sw_zip", 2)) function.operations = {"lz4"};
  }
  // The file that is renamed into place cannot be written.
  fs::create_directories(node.state() / "tuples.json.new" / "full");
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ASSERT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 2)}));
  EXPECT_FALSE(node.kubelet.Wait([&] { return !HealthyPairs(node).empty(); }, milliseconds(300)));
  fs::remove_all(node.state() / "tuples.json.new");
  EXPECT_EQ(WaitForPairs(node, 2).size(), 2u);
}

TEST(Bundle, ThatThePolicyTakesAwayStaysWithItsHolderThenItsQueuesGoOn) {
  TestNode node(Options());
  Start(node);
  ASSERT_TRUE(node.kubelet.Admit("p", "c", {{kPair, 1}}));
  ASSERT_TRUE(node.kubelet.StartContainer("p", "c"));
  const auto held = node.kubelet.pods().Held(kPair);
  node.agent->SetPolicy({});
  EXPECT_TRUE(node.kubelet.Wait([&] { return HealthyPairs(node) == held && node.kubelet.Devices(kZip).size() == 1; }));
  EXPECT_TRUE(node.kubelet.StartContainer("p", "c"));
  node.kubelet.RemovePod("p");
  EXPECT_TRUE(node.kubelet.WaitForHealthy(kZip, {IdOf("sw_zip", 0), IdOf("sw_zip", 1)}));
  EXPECT_TRUE(node.kubelet.Wait([&] { return !node.kubelet.Resources().contains(kPair); }));
  EXPECT_TRUE(node.kubelet.violations().empty());
}

}  // namespace
}  // namespace nacelle

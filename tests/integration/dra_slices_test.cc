// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "tests/integration/dra_node.h"

namespace nacelle {
namespace {

using Strings = std::vector<std::string>;
using std::chrono::milliseconds;

Strings DeviceNames(const DraNode& node) {
  Strings names;
  for (const auto& [path, slice] : node.Slices()) {
    for (const auto& device : *FindMember(slice, {"spec", "devices"})->AsArray()) names.push_back(TextAt(device, {"name"}));
  }
  return names;
}

std::set<std::int64_t> Generations(const DraNode& node) {
  std::set<std::int64_t> generations;
  for (const auto& [path, slice] : node.Slices()) generations.insert(*FindMember(slice, {"spec", "pool", "generation"})->AsInt());
  return generations;
}

bool WaitForDevices(const DraNode& node, std::size_t count) {
  return node.api.Wait([&] { return DeviceNames(node).size() == count; });
}

// Until the watch has shown what was written, and looked again since.
void Settle(const DraNode& node) {
  (void)node.api.Wait([] { return false; }, milliseconds(200));
}

TEST(DraSlices, ShowWhatIsOfferedAndBelongToTheNode) {
  DraNode node;
  const auto id = node.StartWithQueue();
  ASSERT_TRUE(WaitForDevices(node, 1));
  const auto slice = node.Slices().begin()->second;
  EXPECT_EQ(TextAt(slice, {"metadata", "name"}), "n1-nacelle-0000");
  EXPECT_EQ(TextAt(slice, {"spec", "driver"}), "nacelle.dev");
  EXPECT_EQ(TextAt(slice, {"spec", "nodeName"}), "n1");
  EXPECT_EQ(TextAt(slice, {"spec", "pool", "name"}), "n1");
  EXPECT_EQ(*FindMember(slice, {"spec", "pool", "resourceSliceCount"})->AsInt(), 1);
  EXPECT_EQ(TextAt(FindMember(slice, {"metadata", "ownerReferences"})->AsArray()->front(), {"uid"}), "node-uid");
  EXPECT_EQ(DeviceNames(node), Strings{id});
}

TEST(DraSlices, AreWrittenOnceAndNeverAgainWhileNothingChanges) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(WaitForDevices(node, 1));
  Settle(node);
  EXPECT_EQ(node.api.Count("PATCH"), 1u);
  node.StopPlugin();
  node.StartPlugin();
  Settle(node);
  EXPECT_EQ(node.api.Count("PATCH"), 1u);
  EXPECT_EQ(node.api.Count("DELETE"), 0u);
}

TEST(DraSlices, AChangeIsOneGenerationOfAllSlices) {
  DraNode node;
  for (int i = 0; i < 130; ++i) node.Add("sw_zip", i);
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(WaitForDevices(node, 130));
  EXPECT_EQ(node.Slices().size(), 2u);
  EXPECT_EQ(Generations(node), std::set<std::int64_t>{1});
  node.Add("sw_sec", 0);
  node.Publish();
  ASSERT_TRUE(WaitForDevices(node, 131));
  ASSERT_TRUE(node.api.Wait([&] { return Generations(node) == std::set<std::int64_t>{2}; }));
  Settle(node);
  EXPECT_EQ(Generations(node), std::set<std::int64_t>{2});
  EXPECT_EQ(node.api.Count("PATCH"), 4u);
}

TEST(DraSlices, WhatIsNotWellIsTaintedAndRecovers) {
  DraNode node;
  const auto id = node.StartWithQueue();
  ASSERT_TRUE(WaitForDevices(node, 1));
  const auto taints = [&] { return json::Write(node.Slices().begin()->second).find("\"taints\""); };
  EXPECT_EQ(taints(), std::string::npos);
  node.SetHealth(id, {false, "reconfiguring"});
  node.Publish();
  ASSERT_TRUE(node.api.Wait([&] { return taints() != std::string::npos; }));
  EXPECT_NE(json::Write(node.Slices().begin()->second).find(R"([{"key":"nacelle.dev/reconfiguring","effect":"NoSchedule"}])"),
            std::string::npos);
  node.SetHealth(id, {});
  node.Publish();
  EXPECT_TRUE(node.api.Wait([&] { return taints() == std::string::npos; }));
}

TEST(DraSlices, SharesAreOneDeviceWhereTheServerKnowsThat) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0, 4);
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(WaitForDevices(node, 1));
  const auto slice = json::Write(node.Slices().begin()->second);
  EXPECT_NE(slice.find(R"("allowMultipleAllocations":true)"), std::string::npos) << slice;
  EXPECT_EQ(Generations(node), std::set<std::int64_t>{1});
}

TEST(DraSlices, SharesAreDevicesWhereTheServerDropsTheOtherFormAndAreWrittenOnce) {
  DraNode node;
  node.Add("sw_zip", 0, 4);
  node.Publish();
  node.api.SetFaults({.drop = "allowMultipleAllocations"});
  for (int start = 0; start < 2; ++start) {
    node.StartPlugin();
    ASSERT_TRUE(WaitForDevices(node, 4));
    Settle(node);
    EXPECT_EQ(Generations(node), std::set<std::int64_t>{1});
    node.StopPlugin();
  }
}

TEST(DraSlices, AConflictOrAMissingRightIsNoAnswerToWhetherTheServerKnowsThat) {
  for (const int status : {403, 409}) {
    DraNode node;
    node.Add("sw_zip", 0, 4);
    node.Publish();
    node.api.SetFaults({.refuse_path = "/resourceslices/", .refuse_with = status});
    node.StartPlugin();
    const auto is_write = [](const auto& request) { return request.path.find("/resourceslices/") != std::string::npos; };
    ASSERT_TRUE(node.api.Wait([&] { return std::ranges::any_of(node.api.requests(), is_write); }));
    node.api.SetFaults({});
    ASSERT_TRUE(WaitForDevices(node, 1));
  }
}

TEST(DraSlices, FewerDevicesLeaveNoSliceBehind) {
  DraNode node;
  for (int i = 0; i < 130; ++i) node.Add("sw_zip", i);
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(WaitForDevices(node, 130));
  node.plan.offers[0].queues.resize(1);
  node.Publish();
  ASSERT_TRUE(WaitForDevices(node, 1));
  EXPECT_TRUE(node.api.Wait([&] { return node.Slices().size() == 1; }));
  node.plan.offers.clear();
  node.Publish();
  EXPECT_TRUE(node.api.Wait([&] { return node.Slices().empty(); }));
}

TEST(DraSlices, ComeBackWhenTheKubeletRemovesThem) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(WaitForDevices(node, 1));
  Settle(node);
  node.api.Remove("/apis/resource.k8s.io/v1/resourceslices/n1-nacelle-0000");
  EXPECT_TRUE(WaitForDevices(node, 1));
}

TEST(DraSlices, AreMendedWhenSomebodyChangesThem) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(WaitForDevices(node, 1));
  Settle(node);
  auto slice = *node.Slices().begin()->second.AsObject();
  auto spec = *slice.Find("spec")->AsObject();
  spec.Set("devices", json::Array());
  slice.Set("spec", spec);
  node.api.Put("/apis/resource.k8s.io/v1/resourceslices/n1-nacelle-0000", slice);
  EXPECT_TRUE(WaitForDevices(node, 1));
}

TEST(DraSlices, AreNotPublishedBeforeAnythingIsKnown) {
  DraNode node;
  node.api.Put("/apis/resource.k8s.io/v1/resourceslices/n1-nacelle-0000",
               json::Object{{"spec", json::Object{{"devices", json::Array()}}}});
  node.StartPlugin();
  Settle(node);
  EXPECT_EQ(node.api.Count("DELETE"), 0u);
  EXPECT_EQ(node.api.Count("PATCH"), 0u);
}

TEST(DraSlices, FollowAServerThatWasAwayOrRefuses) {
  DraNode node;
  node.Add("sw_zip", 0);
  node.Publish();
  ApiFaults faults;
  faults.refuse_path = "resourceslices";
  node.api.SetFaults(faults);
  node.StartPlugin();
  ASSERT_TRUE(node.api.Wait([&] { return node.api.Count("GET") > 2; }));
  node.api.Stop();
  node.api.SetFaults({});
  node.api.Start();
  ASSERT_TRUE(WaitForDevices(node, 1));
  faults = {};
  faults.statuses = {409, 429, 500, 503};
  node.api.SetFaults(faults);
  node.Add("sw_zip", 1);
  node.Publish();
  EXPECT_TRUE(WaitForDevices(node, 2));
}

TEST(DraSlices, FollowAServerThatEndsEachWatchAndForgetsVersions) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(WaitForDevices(node, 1));
  for (const bool forget : {false, true}) {
    node.api.SetFaults({.end_watches = !forget, .forget_versions = forget});
    // One that somebody removes comes back, though only a new list or watch tells.
    node.api.Remove("/apis/resource.k8s.io/v1/resourceslices/n1-nacelle-0000");
    EXPECT_TRUE(WaitForDevices(node, 1)) << forget;
  }
  EXPECT_EQ(node.api.Count("DELETE"), 0u);
}

TEST(DraSlices, AnOperationThatKubernetesCannotNameKeepsNoDeviceBack) {
  DraNode node;
  node.Add("sw_zip", 0);
  node.inventory.functions[0].operations = {"3des-cbc", "sha512.256", "zlib"};
  node.Publish();
  node.StartPlugin();
  EXPECT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
}

TEST(DraSlices, OperationsWithoutRoomAreToldOnce) {
  DraNode node;
  for (int i = 0; i < 2; ++i) node.Add("sw_zip", i);
  for (auto& function : node.inventory.functions) {
    for (int i = 0; i < 40; ++i) function.operations.push_back("op-" + std::to_string(i));
  }
  testing::internal::CaptureStderr();
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(WaitForDevices(node, 2));
  node.SetHealth("uacce-sw-zip-0", {false, "isolated"});
  node.Publish();
  EXPECT_TRUE(node.api.Wait([&] { return json::Write(node.Slices().begin()->second).find("nacelle.dev/unhealthy") != std::string::npos; }));
  const auto log = testing::internal::GetCapturedStderr();
  const std::string message = "more operations than Kubernetes takes attributes";
  const auto at = log.find(message);
  ASSERT_NE(at, std::string::npos) << log;
  EXPECT_EQ(log.find(message, at + 1), std::string::npos) << log;
}

TEST(DraSlices, OfAThousandFunctionsAreOnePoolOfOneGeneration) {
  DraNode node;
  for (int i = 0; i < 1024; ++i) node.Add("sw_zip", i);
  node.Publish();
  node.StartPlugin();
  ASSERT_TRUE(WaitForDevices(node, 1024));
  EXPECT_EQ(node.Slices().size(), 8u);
  EXPECT_EQ(node.api.Count("PATCH"), 8u);
  for (const auto& [path, slice] : node.Slices()) {
    EXPECT_EQ(json::Write(*FindMember(slice, {"spec", "pool"})), R"({"name":"n1","generation":1,"resourceSliceCount":8})") << path;
  }
}

TEST(DraReady, IsWhatTheKubeletHasRegisteredAndTheSlicesHave) {
  DraNode node;
  node.Add("sw_zip", 0);
  node.Publish();
  node.StartPluginUnregistered();
  ASSERT_TRUE(WaitForDevices(node, 1));
  const auto says = [&](const std::string& reason) { return node.api.Wait([&] { return node.plugin->ready().reason == reason; }); };
  EXPECT_TRUE(says("nacelle.dev/sw_zip: the DRA driver is not registered with the kubelet")) << node.plugin->ready().reason;
  EXPECT_FALSE(node.plugin->ready().healthy);
  ASSERT_TRUE(node.kubelet.Register("nacelle.dev"));
  ASSERT_TRUE(node.api.Wait([&] { return node.plugin->ready().healthy; }));
  ApiFaults faults;
  faults.refuse_path = "/resourceslices/";
  node.api.SetFaults(faults);
  node.Add("sw_sec", 0);
  node.Publish();
  EXPECT_TRUE(says("nacelle.dev/sw_sec is not in the resource slices")) << node.plugin->ready().reason;
  node.api.SetFaults({});
  EXPECT_TRUE(node.api.Wait([&] { return node.plugin->ready().healthy; }));
}

std::size_t Asked(const DraNode& node) {
  const auto requests = node.api.requests();
  return static_cast<std::size_t>(std::ranges::count_if(requests, [](const auto& one) { return one.path.ends_with("/resourceslices/n1-nacelle-0000"); }));
}

// Whether it stays ready when a change of what it has published is answered so.
bool StaysReady(int answer) {
  DraNode node;
  const auto id = node.StartWithQueue();
  EXPECT_TRUE(node.api.Wait([&] { return node.plugin->ready().healthy; }));
  const auto before = Asked(node);
  ApiFaults faults;
  faults.refuse_path = "/resourceslices/";
  faults.refuse_with = answer;
  node.api.SetFaults(faults);
  node.SetHealth(id, {false, "reconfiguring"});
  node.Publish();
  EXPECT_TRUE(node.api.Wait([&] { return Asked(node) >= before + 2; }));
  return node.plugin->ready().healthy;
}

TEST(DraReady, WhatTheServerRefusesIsNotThereAndOneThatIsAwayTakesNothingBack) {
  EXPECT_FALSE(StaysReady(422));
  EXPECT_TRUE(StaysReady(503));
}

TEST(DraReady, ASocketThatIsGoneIsNotRegistered) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(node.api.Wait([&] { return node.plugin->ready().healthy; }));
  std::filesystem::remove(node.folder / "plugins_registry/nacelle.dev-reg.sock");
  ASSERT_TRUE(node.api.Wait([&] { return !node.plugin->ready().healthy; }));
  ASSERT_TRUE(node.kubelet.Register("nacelle.dev"));
  EXPECT_TRUE(node.api.Wait([&] { return node.plugin->ready().healthy; }));
}

TEST(DraReady, NothingIsWaitedForWhereNothingGoesThroughIt) {
  DraNode node;
  node.Publish();
  node.StartPluginUnregistered();
  EXPECT_TRUE(node.plugin->ready().healthy);
}

}  // namespace
}  // namespace nacelle

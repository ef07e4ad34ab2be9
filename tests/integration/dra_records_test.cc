// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "core/base/files.h"
#include "tests/integration/dra_node.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

// Stops the plugin, lets `change` do something to what it left, and starts it.
void Restart(DraNode& node, const std::function<void()>& change) {
  node.StopPlugin();
  node.offers.SetHeldElsewhere({});
  change();
  node.StartPlugin();
}

Strings HeldDevices(const DraNode& node) {
  Strings devices;
  for (const auto& held : node.offers.held_elsewhere()) devices.push_back(held.device);
  return devices;
}

class DraLostRecord : public testing::TestWithParam<const char*> {};

TEST_P(DraLostRecord, KeepsItsDeviceHeldAndDisturbsNobodyElse) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto torn = node.AddClaim("torn", {a}), wants_it = node.AddClaim("wants-it", {a}), other = node.AddClaim("other", {b});
  const auto before = Prepare(node, {torn}, torn);
  Restart(node, [&] { ASSERT_TRUE(ReplaceFile(Record(node, torn), GetParam())); });
  EXPECT_EQ(HeldDevices(node), Strings{a});
  EXPECT_EQ(node.offers.held_elsewhere()[0].queues, Strings{a});
  EXPECT_EQ(node.Links(torn, before.at(0)), Strings{"sw_zip-0"});
  EXPECT_NE(Refusal(node, wants_it).message().find("is held by the claim of the record " + Record(node, torn)), std::string::npos)
      << Refusal(node, wants_it).message();
  EXPECT_EQ(Prepare(node, {other}, other).size(), 1u);
  EXPECT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  EXPECT_TRUE(node.kubelet.Unprepare({torn})->at(torn.uid));
  EXPECT_EQ(HeldDevices(node), Strings{b});
  EXPECT_EQ(Prepare(node, {wants_it}, wants_it).size(), 1u);
}

TEST_P(DraLostRecord, IsNotMadeAnewForOtherDevices) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto torn = node.AddClaim("torn", {a});
  ASSERT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  Restart(node, [&] { ASSERT_TRUE(ReplaceFile(Record(node, torn), GetParam())); });
  node.AddClaim("torn", {b});
  EXPECT_NE(Refusal(node, torn).message().find("it was prepared with '" + a + "', and is allocated '" + b), std::string::npos)
      << Refusal(node, torn).message();
  EXPECT_EQ(HeldDevices(node), Strings{a});
}

INSTANTIATE_TEST_SUITE_P(Texts, DraLostRecord, testing::Values("", "{\"version\":1", "{\"version\":2}", "{\"version\":1,\"uid\":\"uid-torn\"}"));

TEST(DraRecords, ASpoiledOneIsNotMadeUpForByWhatItsClaimHadBefore) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1), c = node.Add("sw_zip", 2);
  node.Publish();
  node.StartPlugin();
  const auto keeps_the_file = node.AddClaim("keep", {c}), torn = node.AddClaim("torn", {a});
  ASSERT_EQ(Prepare(node, {keeps_the_file}, keeps_the_file).size(), 1u);
  ASSERT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  ASSERT_TRUE(node.kubelet.Unprepare({torn})->at(torn.uid));
  node.AddClaim("torn", {b});
  ASSERT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  const auto spec = json::Write(node.Spec(torn));
  Restart(node, [&] {
    auto text = *ReadFile(Record(node, torn), 1 << 20);
    text.replace(text.rfind(torn.uid + " {") + torn.uid.size() + 1, 20, std::string(20, '\0'));
    ASSERT_TRUE(ReplaceFile(Record(node, torn), text));
  });
  EXPECT_EQ(HeldDevices(node), (Strings{c, b}));
  const auto wants_it = node.AddClaim("wants-it", {b});
  EXPECT_NE(Refusal(node, wants_it).message().find("is held by the claim of the record " + Record(node, torn)), std::string::npos)
      << Refusal(node, wants_it).message();
  EXPECT_EQ(json::Write(node.Spec(torn)), spec);
  EXPECT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  EXPECT_EQ(json::Write(node.Spec(torn)), spec);
}

TEST(DraRecords, ALostOneOfTwoThatShowEachOtherIsMadeAnew) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto torn = node.AddClaim("torn", {a}), other = node.AddClaim("other", {b});
  node.AddPod("p", {{"torn", "other"}});
  const auto before = Prepare(node, {torn, other}, torn);
  ASSERT_EQ(node.Links(torn, before.at(0)), (Strings{"sw_zip-0", "sw_zip-1"}));
  Restart(node, [&] { ASSERT_TRUE(ReplaceFile(Record(node, torn), "{")); });
  const auto after = Prepare(node, {torn, other}, torn);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].cdi_device_ids(0), before[0].cdi_device_ids(0));
  EXPECT_EQ(node.Links(torn, after[0]), (Strings{"sw_zip-0", "sw_zip-1"}));
}

// Two claims of one pod, whose views show each other's devices, and whose records
// are lost together, as lines of one file.
class DraLostPair : public testing::Test {
 protected:
  void SetUp() override {
    node.Publish();
    node.StartPlugin();
    node.AddPod("p", {{"one", "two"}});
    before = Prepare(node, {one, two}, one);
    ASSERT_EQ(node.Links(one, before.at(0)), (Strings{"sw_zip-0", "sw_zip-1"}));
    Restart(node, [&] {
      for (const auto& claim : {one, two}) ASSERT_TRUE(ReplaceFile(Record(node, claim), "{"));
    });
  }

  DraNode node;
  const std::string a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1), c = node.Add("sw_zip", 2);
  const KubeletClaim one = node.AddClaim("one", {a}), two = node.AddClaim("two", {b});
  std::vector<dra::Device> before;
};

TEST_F(DraLostPair, IsMadeAnew) {
  const auto after = Prepare(node, {one, two}, one);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(after[0].cdi_device_ids(0), before[0].cdi_device_ids(0));
  EXPECT_EQ(node.Links(one, after[0]), (Strings{"sw_zip-0", "sw_zip-1"}));
  EXPECT_EQ(Prepare(node, {one, two}, two).size(), 1u);
  EXPECT_EQ(HeldDevices(node), (Strings{a, b}));
}

TEST_F(DraLostPair, IsNotMadeAnewForOtherDevices) {
  node.AddClaim("one", {c});
  const auto prepared = node.kubelet.Prepare({one, two});
  ASSERT_TRUE(prepared);
  EXPECT_NE(prepared->at(one.uid).error().message().find("it was prepared with '" + a + "', and is allocated '" + c), std::string::npos)
      << prepared->at(one.uid).error().message();
  EXPECT_FALSE(prepared->at(two.uid));
  const auto wants_it = node.AddClaim("wants-it", {a}, "other");
  EXPECT_NE(Refusal(node, wants_it).message().find("is held by the claim of the record"), std::string::npos);
}

TEST(DraRecords, AFolderInThePlaceOfOneIsThatClaimsProblemAlone) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0);
  node.Publish();
  fs::create_directories(node.options.state_dir / "claims/uid-z.json/below");
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {id});
  EXPECT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  EXPECT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  const KubeletClaim lost{"ns", "z", "uid-z"};
  EXPECT_TRUE(node.kubelet.Unprepare({lost})->at(lost.uid));
  EXPECT_EQ(*ListFolder(node.options.state_dir / "claims"), Strings{"uid-c.json"});
}

TEST(DraRecords, WhatNothingTellsOfKeepsAllBackUntilItIsUnprepared) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto torn = node.AddClaim("torn", {a}), other = node.AddClaim("other", {b});
  ASSERT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  Restart(node, [&] {
    ASSERT_TRUE(ReplaceFile(Record(node, torn), "torn"));
    fs::remove_all(node.options.run_dir / "claim-views");
  });
  EXPECT_NE(Refusal(node, other).message().find("what a claim holds is not known: " + Record(node, torn)), std::string::npos)
      << Refusal(node, other).message();
  EXPECT_TRUE(node.api.Wait([&] { return node.Slices().empty(); }));
  ASSERT_TRUE(node.kubelet.Unprepare({torn})->at(torn.uid));
  EXPECT_EQ(Prepare(node, {other}, other).size(), 1u);
  EXPECT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
}

TEST(DraRecords, OneThatNobodyCanServeFromTakesTheSlicesBack) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  node.StopPlugin();
  fs::remove_all(node.options.state_dir / "claims");
  fs::create_directories(node.options.state_dir);
  fs::create_symlink("claims", node.options.state_dir / "claims");  // leads to itself
  node.StartPluginUnregistered();
  EXPECT_TRUE(node.api.Wait([&] { return node.Slices().empty(); }));
  fs::remove(node.options.state_dir / "claims");
  EXPECT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
}

TEST(DraRecords, ARestartNeverTakesTheSlicesBack) {
  DraNode node;
  node.StartWithQueue();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  const auto deletes = node.api.Count("DELETE"), writes = node.api.Count("PATCH");
  Restart(node, [] {});
  const auto claim = node.AddClaim("c", {"uacce-sw-zip-0"});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  ASSERT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("c"), {"status", "devices"}) != nullptr; }));
  EXPECT_EQ(node.api.Count("DELETE"), deletes);
  EXPECT_EQ(node.api.Count("PATCH"), writes + 1);
}

TEST(DraRecords, HalfWrittenFilesGoWithTheNextStart) {
  DraNode node;
  node.Publish();
  fs::create_directories(node.options.state_dir / "claims");
  fs::create_directories(node.options.cdi_dir);
  ASSERT_TRUE(ReplaceFile(node.options.state_dir / "claims/uid-q.json.new", "{"));
  ASSERT_TRUE(ReplaceFile(node.options.cdi_dir / "nacelle.dev-claim-uid-q.json.new", "{"));
  ASSERT_TRUE(ReplaceFile(node.options.cdi_dir / "nacelle.dev-grant-q.json.new", "{"));
  node.StartPlugin();
  EXPECT_TRUE(ListFolder(node.options.state_dir / "claims")->empty());
  EXPECT_EQ(*ListFolder(node.options.cdi_dir), Strings{"nacelle.dev-grant-q.json.new"});
}

TEST(DraRecords, ViewsThatOlderVersionsMadeElsewhereGoWithTheirClaims) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  const auto old_views = node.options.state_dir / "claim-views";
  Restart(node, [&] {
    for (const auto* view : {"uid-c-0123", "uid-ended-0123"}) fs::create_directories(old_views / view / "sys-class-uacce");
  });
  EXPECT_EQ(*ListFolder(old_views), Strings{"uid-c-0123"});
  ASSERT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
  Restart(node, [] {});
  EXPECT_FALSE(fs::exists(old_views));
}

TEST(DraRecords, ThoseOfClaimsThatAreGoneAreLetGoAtStart) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1), c = node.Add("sw_zip", 2);
  node.Publish();
  node.StartPlugin();
  const auto gone = node.AddClaim("gone", {a}), anew = node.AddClaim("anew", {b}), stays = node.AddClaim("stays", {c});
  for (const auto& claim : {gone, anew, stays}) ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  Restart(node, [&] {
    node.api.Remove("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/gone");
    auto object = node.Claim("anew");
    node.api.Put("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/anew",
                 json::Object{{"metadata", json::Object{{"name", "anew"}, {"namespace", "ns"}, {"uid", "uid-another"}}}});
  });
  EXPECT_TRUE(node.api.Wait([&] { return HeldDevices(node) == Strings{c}; }));
  EXPECT_TRUE(node.Spec(gone).is_null());
  EXPECT_FALSE(node.Spec(stays).is_null());
}

TEST(DraRecords, ThoseOfOthersAreKeptWhileTheApiServerDoesNotTell) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  // 404, but of no claim: an API server without dynamic resource allocation.
  for (const int status : {404, 403, 500}) {
    Restart(node, [&] {
      ApiFaults faults;
      faults.refuse_path = "/resourceclaims/c";
      faults.refuse_with = status;
      node.api.SetFaults(faults);
    });
    const auto asked = [&] {
      std::size_t count = 0;
      for (const auto& request : node.api.requests()) count += request.method == "GET" && request.path.ends_with("/c");
      return count;
    };
    const auto before = asked();
    ASSERT_TRUE(node.api.Wait([&] { return asked() >= before + 3; }));
    EXPECT_EQ(HeldDevices(node), Strings{id}) << status;
  }
}

TEST(DraRecords, AClaimThatTakesTheDeviceOfOneThatIsGoneGetsItSoon) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto gone = node.AddClaim("gone", {id}), next = node.AddClaim("next", {id});
  ASSERT_EQ(Prepare(node, {gone}, gone).size(), 1u);
  EXPECT_NE(Refusal(node, next).message().find("is held by claim ns/gone"), std::string::npos) << Refusal(node, next).message();
  node.api.Remove("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/gone");
  EXPECT_TRUE(node.api.Wait([&] { return node.kubelet.Prepare({next})->at(next.uid).ok(); }));
}

// A claim of a device, whose object is removed by force.
struct RemovedClaim {
  DraNode node;
  std::string id = node.StartWithQueue();
  KubeletClaim removed = node.AddClaim("removed", {id}), next = node.AddClaim("next", {id}, "q");

  void Remove() {
    ASSERT_EQ(Prepare(node, {removed}, removed).size(), 1u);
    node.api.Remove("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/removed");
  }

  void Restart() {
    nacelle::Restart(node, [] {});
  }

  // After it was looked some times for who uses it.
  bool IsStillHeld() {
    const auto before = node.pod_resources.questions();
    EXPECT_FALSE(node.kubelet.Prepare({next})->at(next.uid));  // lets it be looked
    EXPECT_TRUE(node.api.Wait([&] { return node.pod_resources.questions() >= before + 4; }));
    return Refusal(node, next).message().find("is held by claim ns/removed") != std::string::npos;
  }

  bool IsLetGo() {
    return node.api.Wait([&] { return node.kubelet.Prepare({next})->at(next.uid).ok(); });
  }
};

TEST(DraRecords, AClaimRemovedByForceKeepsItsDeviceWhileTheKubeletNamesIt) {
  RemovedClaim claim;
  claim.node.pods.Put({.pod = "p", .name = "c", .claimed = {{"nacelle.dev", {claim.id}}}, .claim = "removed", .name_space = "ns"});
  claim.Remove();
  EXPECT_TRUE(claim.IsStillHeld());
  claim.node.pods.RemovePod("p");
  EXPECT_TRUE(claim.IsLetGo());
}

TEST(DraRecords, AClaimRemovedByForceKeepsItsDeviceWhileItsPodIsThere) {
  RemovedClaim claim;
  claim.node.AddPod("p", {});
  claim.Remove();
  EXPECT_TRUE(claim.IsStillHeld());
  claim.Restart();
  EXPECT_TRUE(claim.IsStillHeld());
  claim.node.api.Put("/api/v1/namespaces/ns/pods/p", json::Object{{"metadata", json::Object{{"uid", "of the next p"}}}});
  EXPECT_TRUE(claim.IsLetGo());
}

TEST(DraRecords, AClaimRemovedByForceIsNotUsedByAPodThatHasEnded) {
  RemovedClaim claim;
  claim.node.api.Put("/api/v1/namespaces/ns/pods/p", json::Object{{"metadata", json::Object{{"uid", "uid-of-p"}}},
                                                                  {"status", json::Object{{"phase", "Succeeded"}}}});
  claim.Remove();
  EXPECT_TRUE(claim.IsLetGo());
}

TEST(DraRecords, AClaimRemovedByForceKeepsItsDeviceWhileTheKubeletDoesNotTell) {
  RemovedClaim claim;
  claim.node.pod_resources.SetDown(true);
  claim.Remove();
  EXPECT_TRUE(claim.IsStillHeld());
  claim.node.pod_resources.SetDown(false);
  EXPECT_TRUE(claim.IsLetGo());
}

TEST(DraRecords, TwoClaimsOfOneCallNeverGetTheSameDevice) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto a = node.AddSharedClaim("a", {id}, {"p"}), b = node.AddSharedClaim("b", {id}, {"p"});
  const auto prepared = node.kubelet.Prepare({a, b});
  ASSERT_TRUE(prepared);
  EXPECT_NE(prepared->at(a.uid).ok(), prepared->at(b.uid).ok());
  EXPECT_EQ(HeldDevices(node), Strings{id});
}

TEST(DraRecords, WhoOnlyLooksGetsADeviceThatIsUnwellAndHeld) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto user = node.AddClaim("user", {id}), admin = node.AddClaim("admin", {id}, "p", true);
  ASSERT_EQ(Prepare(node, {user}, user).size(), 1u);
  node.SetHealth(id, {false, "isolated"});
  node.plan.taken[id] = "somebody can open it";
  node.Publish();
  EXPECT_EQ(Prepare(node, {admin}, admin).size(), 1u);
  EXPECT_EQ(HeldDevices(node), Strings{id});
  node.host.Set("/dev/sw_zip-0", "c 240:9");
  const auto later = node.AddClaim("later", {id}, "p", true);
  EXPECT_NE(Refusal(node, later).message().find("is not what it was"), std::string::npos);
}

std::ptrdiff_t Count(const DraNode& node, std::string_view method, std::string_view end) {
  const auto requests = node.api.requests();
  return std::count_if(requests.begin(), requests.end(), [&](const auto& one) { return one.method == method && one.path.ends_with(end); });
}

// The API server refuses the status with one answer after the other.
void ExpectWrittenAfter(const std::vector<int>& answers) {
  DraNode node;
  const auto id = node.StartWithQueue();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  const auto claim = node.AddClaim("c", {id});
  const auto refuse_with = [&](int answer) {
    ApiFaults faults;
    faults.refuse_path = "/c/status";
    faults.refuse_with = answer;
    node.api.SetFaults(faults);
  };
  refuse_with(answers.front());
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  for (const int answer : answers) {
    const auto before = Count(node, "PATCH", "/c/status");
    refuse_with(answer);
    ASSERT_TRUE(node.api.Wait([&] { return Count(node, "PATCH", "/c/status") >= before + 2; })) << answer;
  }
  EXPECT_EQ(FindMember(node.Claim("c"), {"status", "devices"}), nullptr);
  node.api.SetFaults({});
  EXPECT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("c"), {"status", "devices"}) != nullptr; }));
}

TEST(DraStatus, IsWrittenHoweverLongTheApiServerFails) { ExpectWrittenAfter({500, 403, 422, 500}); }

TEST(DraStatus, IsWrittenAfterAConflictThatPasses) { ExpectWrittenAfter({409, 410}); }

TEST(DraStatus, OfAClaimWhoseNameAnotherHasNowIsNotAskedForAgain) {
  DraNode node;
  const auto id = node.StartWithQueue();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  const auto claim = node.AddClaim("c", {id}), other = node.AddClaim("other", {node.Add("sw_zip", 1)});
  ApiFaults faults;
  faults.refuse_path = "/c/status";
  faults.refuse_with = 409;
  node.api.SetFaults(faults);
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  ASSERT_TRUE(node.api.Wait([&] { return Count(node, "PATCH", "/c/status") >= 2; }));
  const json::Object metadata{{"name", "c"}, {"namespace", "ns"}, {"uid", "another"}};
  node.api.Put("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/c", json::Object{{"metadata", metadata}});
  const auto asked = Count(node, "GET", "/resourceclaims/c");
  ASSERT_TRUE(node.api.Wait([&] { return Count(node, "GET", "/resourceclaims/c") > asked; }));
  node.Publish();
  ASSERT_EQ(Prepare(node, {other}, other).size(), 1u);
  const auto before = Count(node, "PATCH", "/c/status");
  ASSERT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("other"), {"status", "devices"}) != nullptr; }));
  EXPECT_LE(Count(node, "PATCH", "/c/status"), before + 1);
}

TEST(DraStatus, ThatWasNotWrittenIsWrittenAfterARestart) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  ASSERT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("c"), {"status", "devices"}) != nullptr; }));
  Restart(node, [&] { node.AddClaim("c", {id}); });
  EXPECT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("c"), {"status", "devices"}) != nullptr; }));
}

TEST(DraStatus, OfAClaimThatIsGoneIsNotAskedForAgain) {
  DraNode node;
  const auto id = node.StartWithQueue();
  ASSERT_TRUE(node.api.Wait([&] { return !node.Slices().empty(); }));
  const auto claim = node.AddClaim("c", {id}), other = node.AddClaim("other", {node.Add("sw_zip", 1)});
  ApiFaults faults;
  faults.refuse_path = "/status";
  node.api.SetFaults(faults);
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  const auto writes = [&] {
    std::size_t count = 0;
    for (const auto& request : node.api.requests()) count += request.path.ends_with("/c/status");
    return count;
  };
  ASSERT_TRUE(node.api.Wait([&] { return writes() >= 3; }));
  ASSERT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
  node.Publish();
  ASSERT_EQ(Prepare(node, {other}, other).size(), 1u);
  const auto before = writes();
  node.api.SetFaults({});
  ASSERT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("other"), {"status", "devices"}) != nullptr; }));
  EXPECT_LE(writes(), before + 1);
  EXPECT_EQ(FindMember(node.Claim("c"), {"status", "devices"}), nullptr);
}

}  // namespace
}  // namespace nacelle

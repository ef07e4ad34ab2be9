// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/integration/dra_node.h"
#include "tests/support/message_bytes.h"

namespace nacelle {
namespace {

using Strings = std::vector<std::string>;

TEST(DraRegistration, NamesItsServicesAsTheKubeletKnowsThem) {
  DraNode node;
  node.Publish();
  node.StartPlugin();
  EXPECT_EQ(node.kubelet.versions(), (Strings{"v1.DRAPlugin", "v1.DRAResourceHealth"}));
}

TEST(DraPrepare, GivesTheNodeTheMaskedFolderAndTheDescription) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0);
  node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {id});
  const auto devices = Prepare(node, {claim}, claim);
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].pool_name(), "n1");
  EXPECT_EQ(devices[0].device_name(), id);
  EXPECT_EQ(devices[0].request_names(0), "r0");
  EXPECT_FALSE(devices[0].has_share_id());
  const auto spec = json::Write(node.Spec(claim));
  EXPECT_NE(spec.find(R"("deviceNodes":[{"path":"/dev/sw_zip-0","type":"c","major":240,"minor":0,"fileMode":438,"permissions":"rw"}])"),
            std::string::npos) << spec;
  EXPECT_NE(spec.find("NACELLE_FUNCTIONS=/run/nacelle/functions.json"), std::string::npos);
  EXPECT_EQ(node.Links(claim, devices[0]), Strings{"sw_zip-0"});
  const auto description = ReadFile(node.MountedAt(claim, devices[0], "/run/nacelle") / "functions.json", 1 << 20);
  ASSERT_TRUE(description);
  EXPECT_NE(description->find("\"resource\": \"nacelle.dev/sw_zip\""), std::string::npos) << *description;
}

TEST(DraPrepare, TheSameAgainGivesTheSame) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  const auto first = Prepare(node, {claim}, claim);
  const auto second = Prepare(node, {claim}, claim);
  ASSERT_EQ(first.size(), 1u);
  ASSERT_EQ(second.size(), 1u);
  EXPECT_EQ(MessageBytes(first[0]), MessageBytes(second[0]));
}

TEST(DraPrepare, ARequestOfAlternativesIsNamedByItsFirstPart) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const json::Object result{{"request", "any/near"}, {"driver", "nacelle.dev"}, {"pool", "n1"}, {"device", id}};
  const json::Object foreign{{"request", "gpu"}, {"driver", "gpu.example.com"}, {"pool", "x"}, {"device", "gpu-0"}};
  const json::Object devices{{"results", json::Array{foreign, result}}};
  node.api.Put("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/c",
               json::Object{{"metadata", json::Object{{"uid", "u"}}},
                            {"status", json::Object{{"allocation", json::Object{{"devices", devices}}}}}});
  const KubeletClaim claim{"ns", "c", "u"};
  const auto prepared = Prepare(node, {claim}, claim);
  ASSERT_EQ(prepared.size(), 1u);
  EXPECT_EQ(prepared[0].request_names(0), "any");
}

// A claim of so many shares of a device that claims share by capacity.
KubeletClaim AddSharing(DraNode& node, const std::string& name, const std::string& device, const std::string& shares = "1") {
  const json::Object result{{"request", "r"}, {"driver", "nacelle.dev"}, {"pool", "n1"}, {"device", device}, {"shareID", "share-" + name},
                            {"consumedCapacity", json::Object{{"shares", shares}}}};
  node.api.Put("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/" + name,
               json::Object{{"metadata", json::Object{{"uid", name}}},
                            {"status", json::Object{{"allocation", json::Object{{"devices", json::Object{{"results", json::Array{result}}}}}}}}});
  return {"ns", name, name};
}

TEST(DraPrepare, TwoClaimsHaveEachAShareOfOneDevice) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0, 4);
  node.Publish();
  node.StartPlugin();
  for (const std::string name : {"one", "two"}) {
    const auto claim = AddSharing(node, name, id);
    const auto devices = Prepare(node, {claim}, claim);
    ASSERT_EQ(devices.size(), 1u);
    EXPECT_EQ(devices[0].share_id(), "share-" + name);
    EXPECT_EQ(node.Links(claim, devices[0]), Strings{"sw_zip-0"});
  }
  EXPECT_EQ(node.offers.held_elsewhere().size(), 2u);
}

TEST(DraPrepare, NoMoreSharesOfADeviceAreGivenThanItHas) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0, 2);
  node.Publish();
  node.StartPlugin();
  const auto one = AddSharing(node, "one", id), two = AddSharing(node, "two", id), three = AddSharing(node, "three", id);
  EXPECT_EQ(Prepare(node, {one}, one).size(), 1u);
  const auto prepared = node.kubelet.Prepare({two, three});
  ASSERT_TRUE(prepared);
  ASSERT_NE(prepared->at("two").ok(), prepared->at("three").ok());
  const auto& refused = prepared->at("two").ok() ? prepared->at("three") : prepared->at("two");
  const auto* holder = prepared->at("two").ok() ? "ns/two" : "ns/three";
  EXPECT_NE(refused.error().message().find("are held, of which there are 2: by claim ns/one, claim " + std::string(holder)), std::string::npos)
      << refused.error().message();
  EXPECT_TRUE(node.kubelet.Unprepare({one})->at(one.uid));
  EXPECT_EQ(Prepare(node, {two, three}, two).size() + Prepare(node, {two, three}, three).size(), 2u);
}

TEST(DraPrepare, SharesOfADeviceWhoseRecordsAreLostAreCountedAndGivenAnew) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0, 2);
  node.Publish();
  node.StartPlugin();
  const auto one = AddSharing(node, "one", id), two = AddSharing(node, "two", id), three = AddSharing(node, "three", id);
  ASSERT_EQ(Prepare(node, {one}, one).size() + Prepare(node, {two}, two).size(), 2u);
  node.StopPlugin();
  for (const auto& claim : {one, two}) ASSERT_TRUE(ReplaceFile(Record(node, claim), "{"));
  node.StartPlugin();
  EXPECT_NE(Refusal(node, three).message().find("are held, of which there are 2: by the claim of the record " + Record(node, one)), std::string::npos)
      << Refusal(node, three).message();
  EXPECT_EQ(Prepare(node, {one}, one).size() + Prepare(node, {two}, two).size(), 2u);
  EXPECT_NE(Refusal(node, three).message().find("by claim ns/one, claim ns/two"), std::string::npos) << Refusal(node, three).message();
}

TEST(DraPrepare, SharesAreCountedAlsoWhereAQueueIsHeldInAnotherForm) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0, 2);
  node.Publish();
  node.StartPlugin();
  const auto one = node.AddClaim("one", {id}), two = node.AddClaim("two", {id + "-1"}), three = AddSharing(node, "three", id);
  EXPECT_EQ(Prepare(node, {one}, one).size(), 1u);
  EXPECT_EQ(Prepare(node, {two}, two).size(), 1u);
  EXPECT_NE(Refusal(node, three).message().find("by claim ns/one, claim ns/two"), std::string::npos) << Refusal(node, three).message();
}

TEST(DraPrepare, AClaimTakesOneShareOfADevice) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0, 4);
  node.Publish();
  node.StartPlugin();
  EXPECT_NE(Refusal(node, AddSharing(node, "two", id, "2")).message().find("2 shares, and a claim takes one of each device"), std::string::npos);
}

TEST(DraPrepare, AContainerOfTwoClaimsFindsBothWhicheverMountItSees) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_sec", 0), c = node.Add("sw_dma", 0);
  node.Publish();
  node.StartPlugin();
  const auto one = node.AddClaim("one", {a}), two = node.AddClaim("two", {b}), three = node.AddClaim("three", {c});
  node.AddPod("p", {{"one", "two"}, {"three"}});
  const std::vector<KubeletClaim> all{one, two, three};
  EXPECT_EQ(node.Links(one, Prepare(node, all, one).at(0)), (Strings{"sw_sec-0", "sw_zip-0"}));
  EXPECT_EQ(node.Links(two, Prepare(node, all, two).at(0)), (Strings{"sw_sec-0", "sw_zip-0"}));
  EXPECT_EQ(node.Links(three, Prepare(node, all, three).at(0)), Strings{"sw_dma-0"});
}

TEST(DraPrepare, ContainersThatTakeDifferentRequestsOfOneClaimDoNotSeeTheOthers) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_sec", 0);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {a, b});
  node.AddPod("p", {{"c/r0"}, {"c/r1"}});
  const auto devices = Prepare(node, {claim}, claim);
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(node.Links(claim, devices[0]), Strings{"sw_zip-0"});
  EXPECT_EQ(node.Links(claim, devices[1]), Strings{"sw_sec-0"});
  EXPECT_NE(devices[0].cdi_device_ids(0), devices[1].cdi_device_ids(0));
}

TEST(DraPrepare, WithoutThePodEachViewShowsAllThatItsContainersMayHave) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_sec", 0);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {a, b});
  const auto devices = Prepare(node, {claim}, claim);
  ASSERT_EQ(devices.size(), 2u);
  EXPECT_EQ(node.Links(claim, devices[0]), (Strings{"sw_sec-0", "sw_zip-0"}));
}

TEST(DraPrepare, AClaimThatFailsDoesNotKeepOthersBack) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto good = node.AddSharedClaim("good", {id}, {"p"});
  const auto gone = node.AddSharedClaim("gone", {"uacce-nothing-0"}, {"p"});
  const KubeletClaim unknown{"ns", "unknown", "uid-unknown"};
  const auto prepared = node.kubelet.Prepare({gone, good, unknown});
  ASSERT_TRUE(prepared) << prepared.error().message();
  EXPECT_TRUE(prepared->at(good.uid));
  EXPECT_NE(prepared->at(gone.uid).error().message().find("'uacce-nothing-0' is not offered"), std::string::npos);
  EXPECT_NE(prepared->at(unknown.uid).error().message().find("ns/unknown"), std::string::npos);
}

TEST(DraPrepare, RefusesAClaimThatIsAnotherByNow) {
  DraNode node;
  const auto id = node.StartWithQueue();
  auto claim = node.AddClaim("c", {id});
  claim.uid = "uid-before";
  EXPECT_NE(Refusal(node, claim).message().find("its uid is 'uid-c', not 'uid-before'"), std::string::npos);
}

TEST(DraPrepare, RefusesDevicesOfAnotherNode) {
  DraNode node;
  node.Publish();
  node.StartPlugin();
  const json::Object result{{"request", "r"}, {"driver", "nacelle.dev"}, {"pool", "n2"}, {"device", "d"}};
  node.api.Put("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/c",
               json::Object{{"metadata", json::Object{{"uid", "u"}}},
                            {"status", json::Object{{"allocation", json::Object{{"devices", json::Object{{"results", json::Array{result}}}}}}}}});
  EXPECT_NE(Refusal(node, {"ns", "c", "u"}).message().find("pool 'n2', and this node is 'n1'"), std::string::npos);
}

TEST(DraPrepare, RefusesAnUnhealthyFunctionButNotOneThatItsClaimHasAlready) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0), other = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto held = node.AddClaim("held", {id});
  ASSERT_EQ(Prepare(node, {held}, held).size(), 1u);
  for (const auto& function : {id, other}) node.SetHealth(function, {false, "isolated"});
  node.Publish();
  const auto later = node.AddClaim("later", {other});
  EXPECT_NE(Refusal(node, later).message().find("isolated"), std::string::npos);
  EXPECT_EQ(Prepare(node, {held}, held).size(), 1u);
}

TEST(DraPrepare, RefusesADeviceWhoseNumberAnotherContainerCanOpen) {
  DraNode node;
  const auto id = node.Add("sw_zip", 0);
  node.plan.taken[id] = "/dev/sw_zip-0 can still be opened by the holder of old";
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {id});
  EXPECT_NE(Refusal(node, claim).message().find("can still be opened by the holder of old"), std::string::npos);
}

TEST(DraPrepare, RefusesToStartAgainOnADeviceThatIsAnotherByNow) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  node.inventory.functions[0].queues[0].nodes[0].minor = 9;
  node.host.Set("/dev/sw_zip-0", "c 240:9");
  node.Publish();
  EXPECT_NE(Refusal(node, claim).message().find("was /dev/sw_zip-0 (240:0) when granted"), std::string::npos);
}

TEST(DraPrepare, AnotherAllocationOfTheSameClaimWaitsUntilTheFirstIsUnprepared) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto claim = node.AddClaim("c", {a});
  const auto before = Prepare(node, {claim}, claim);
  ASSERT_EQ(before.size(), 1u);
  node.AddClaim("c", {b});
  EXPECT_NE(Refusal(node, claim).message().find("it was prepared with '" + a + "', and is allocated '" + b + "' now"), std::string::npos)
      << Refusal(node, claim).message();
  EXPECT_EQ(node.Links(claim, before[0]), Strings{"sw_zip-0"});
  EXPECT_EQ(node.offers.held_elsewhere()[0].device, a);
  ASSERT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
  const auto after = Prepare(node, {claim}, claim);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_NE(before[0].cdi_device_ids(0), after[0].cdi_device_ids(0));
  EXPECT_EQ(node.Links(claim, after[0]), Strings{"sw_zip-1"});
  EXPECT_EQ(ListFolder(node.options.run_dir / "claim-views")->size(), 1u);
}

TEST(DraPrepare, TellsTheClaimWhatItWasGiven) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  ASSERT_TRUE(node.api.Wait([&] { return FindMember(node.Claim("c"), {"status", "devices"}) != nullptr; }));
  const auto status = json::Write(*FindMember(node.Claim("c"), {"status", "devices"}));
  EXPECT_NE(status.find(R"("driver":"nacelle.dev","pool":"n1","device":")" + id), std::string::npos) << status;
  EXPECT_NE(status.find(R"("operations":["zlib"])"), std::string::npos) << status;
}

TEST(DraPrepare, TellsWhoeverMakesThePlanWhatIsHeldAndNotWhatIsLookedAt) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  ASSERT_EQ(node.offers.held_elsewhere().size(), 1u);
  EXPECT_EQ(node.offers.held_elsewhere()[0].device, id);
  EXPECT_EQ(node.offers.held_elsewhere()[0].route, Route::kDra);
  const json::Object looked{{"request", "r"}, {"driver", "nacelle.dev"}, {"pool", "n1"}, {"device", id}, {"adminAccess", true}};
  node.api.Put("/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/admin",
               json::Object{{"metadata", json::Object{{"uid", "uid-admin"}}},
                            {"status", json::Object{{"allocation", json::Object{{"devices", json::Object{{"results", json::Array{looked}}}}}}}}});
  const KubeletClaim admin{"ns", "admin", "uid-admin"};
  ASSERT_EQ(Prepare(node, {admin}, admin).size(), 1u);
  EXPECT_EQ(node.offers.held_elsewhere().size(), 1u);
  ASSERT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
  EXPECT_TRUE(node.offers.held_elsewhere().empty());
}

TEST(DraUnprepare, LeavesNothingAndMayComeAgain) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  ASSERT_TRUE(std::filesystem::exists(Record(node, claim)));
  for (int i = 0; i < 2; ++i) {
    const auto unprepared = node.kubelet.Unprepare({claim});
    ASSERT_TRUE(unprepared);
    EXPECT_TRUE(unprepared->at(claim.uid));
  }
  EXPECT_TRUE(node.Spec(claim).is_null());
  EXPECT_FALSE(std::filesystem::exists(Record(node, claim)));
  EXPECT_TRUE(ListFolder(node.options.run_dir / "claim-views")->empty());
}

TEST(DraUnprepare, NeedsNoApiServer) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  node.api.Stop();
  EXPECT_TRUE(node.kubelet.Unprepare({claim})->at(claim.uid));
  EXPECT_NE(Refusal(node, claim).message().find("resourceclaims/c"), std::string::npos);
}

TEST(DraRestart, AnAgentThatComesBackKnowsWhatIsPrepared) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  const auto before = Prepare(node, {claim}, claim);
  node.StopPlugin();
  node.offers.SetHeldElsewhere({});
  node.StartPlugin();
  EXPECT_FALSE(node.Spec(claim).is_null());
  EXPECT_EQ(node.offers.held_elsewhere().size(), 1u);
  const auto after = Prepare(node, {claim}, claim);
  ASSERT_EQ(after.size(), 1u);
  EXPECT_EQ(MessageBytes(before.at(0)), MessageBytes(after[0]));
}

TEST(DraRestart, ASpecThatSomebodyRemovedComesBack) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  const auto before = json::Write(node.Spec(claim));
  node.StopPlugin();
  std::filesystem::remove_all(node.options.cdi_dir);
  node.StartPlugin();
  EXPECT_EQ(json::Write(node.Spec(claim)), before);
}

TEST(DraRestart, AfterARebootNothingIsReplayed) {
  DraNode node;
  const auto id = node.StartWithQueue();
  const auto claim = node.AddClaim("c", {id});
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  node.StopPlugin();
  // Another boot, in which the kernel has given the function another number.
  auto text = *ReadFile(Record(node, claim), 1 << 20);
  const auto at = text.find("\"boot_id\":\"") + 11;
  text.replace(at, 8, "00000000");
  ASSERT_TRUE(ReplaceFile(Record(node, claim), text));
  node.inventory.functions[0].queues[0].nodes[0].minor = 7;
  node.host.Set("/dev/sw_zip-0", "c 240:7");
  node.Publish();
  node.StartPlugin();
  EXPECT_TRUE(node.Spec(claim).is_null());
  ASSERT_EQ(Prepare(node, {claim}, claim).size(), 1u);
  EXPECT_NE(json::Write(node.Spec(claim)).find("\"minor\":7"), std::string::npos);
}

TEST(DraRestart, ARecordWithoutSenseKeepsItsContainersAndStopsNobodyElse) {
  DraNode node;
  const auto a = node.Add("sw_zip", 0), b = node.Add("sw_zip", 1);
  node.Publish();
  node.StartPlugin();
  const auto torn = node.AddClaim("torn", {a}), other = node.AddClaim("other", {b});
  const auto before = Prepare(node, {torn}, torn);
  ASSERT_EQ(Prepare(node, {other}, other).size(), 1u);
  node.StopPlugin();
  ASSERT_TRUE(ReplaceFile(Record(node, torn), "{\"version\":1,\"name"));
  node.StartPlugin();
  EXPECT_FALSE(node.Spec(torn).is_null());
  EXPECT_EQ(node.Links(torn, before.at(0)), Strings{"sw_zip-0"});
  EXPECT_EQ(Prepare(node, {other}, other).size(), 1u);
  EXPECT_EQ(Prepare(node, {torn}, torn).size(), 1u);
  EXPECT_TRUE(node.kubelet.Unprepare({torn})->at(torn.uid));
  EXPECT_FALSE(std::filesystem::exists(Record(node, torn)));
}

TEST(DraRestart, WhatACrashLeftBesideTheRecordsGoes) {
  DraNode node;
  node.Publish();
  std::filesystem::create_directories(node.options.run_dir / "claim-views/uid-x-0123456789abcdef/run-nacelle");
  std::filesystem::create_directories(node.options.cdi_dir);
  ASSERT_TRUE(ReplaceFile(node.options.cdi_dir / "nacelle.dev-claim-uid-x.json", "{}"));
  ASSERT_TRUE(ReplaceFile(node.options.cdi_dir / "other.json", "{}"));
  node.StartPlugin();
  EXPECT_TRUE(ListFolder(node.options.run_dir / "claim-views")->empty());
  EXPECT_EQ(*ListFolder(node.options.cdi_dir), Strings{"other.json"});
}

}  // namespace
}  // namespace nacelle

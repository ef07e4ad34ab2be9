// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/slice_device.h"

#include <gtest/gtest.h>

#include "plugin/dra/operation_name.h"

namespace nacelle {
namespace {

Function Make(const std::string& id, int numa) {
  Function function;
  function.id = id;
  function.family = "uacce";
  function.interface = "hisi_zip";
  function.operations = {"aes-gcm", "zlib"};
  function.access = MemoryAccess::kSva;
  function.path = "/sys/devices/pci0000:40/0000:40:01.0/0000:41:00.0";
  function.numa = numa;
  Queue queue;
  queue.id = id;
  queue.nodes = {{"/dev/" + id, 240, 0}};
  function.queues = {queue};
  return function;
}

Inventory Machine() {
  Inventory inventory;
  inventory.functions = {Make("a", 0), Make("b", 1)};
  inventory.numa = {{0, true, {10, 20, 30}}, {1, true, {20, 10, 12}}, {2, false, {30, 12, 10}}};
  inventory.domains = {{"dram-0", MemoryKind::kDram, "", 0, {}, {0}}, {"hbm-2", MemoryKind::kHbm, "", 2, {}, {1}}};
  inventory.affinities = {{"numa-0", "dram-0", 10}, {"numa-0", "hbm-2", 30}, {"numa-1", "hbm-2", 12}, {"numa-1", "dram-0", 20}};
  return inventory;
}

Offer OfferOf(std::vector<OfferedQueue> queues) { return {"nacelle.dev/compression", std::move(queues), Route::kDra}; }

OfferPlan Plan(Offer offer) {
  OfferPlan plan;
  plan.offers.push_back(std::move(offer));
  return plan;
}

std::vector<std::string> Names(const std::vector<SliceDevice>& devices) {
  std::vector<std::string> names;
  for (const auto& device : devices) names.push_back(device.name);
  return names;
}

TEST(SliceDevice, TellsWhatContractsPromise) {
  const auto devices = SliceDevices(Machine(), Plan(OfferOf({{"b", 1}})));
  ASSERT_EQ(devices.size(), 1u);
  const std::map<std::string, SliceDevice::Attribute> expected{
      {"family", std::string("uacce")},
      {"interface", std::string("hisi_zip")},
      {"access", std::string("sva")},
      {"offer", std::string("compression")},
      {"queue", std::string("b")},
      {"hbmDomain", std::string("hbm-2")},
      {"aes_gcm", true},
      {"zlib", true},
      {"resource.kubernetes.io/numaNode", 1},
      {"resource.kubernetes.io/pcieRoot", std::string("pci0000:40")},
      {"resource.kubernetes.io/pciBusID", std::string("0000:41:00.0")}};
  EXPECT_EQ(devices[0].attributes, expected);
}

TEST(SliceDevice, WhatIsUnknownIsNoAttribute) {
  auto machine = Machine();
  machine.functions[0].access = MemoryAccess::kUnknown;
  machine.functions[0].numa.reset();
  const auto devices = SliceDevices(machine, Plan(OfferOf({{"a", 1}})));
  EXPECT_FALSE(devices.at(0).attributes.contains("access"));
  EXPECT_FALSE(devices.at(0).attributes.contains("resource.kubernetes.io/numaNode"));
}

// The attribute is for domains of four digits; the bridge above has another device behind it.
TEST(SliceDevice, BehindVmdThereIsNoAddressButTheRoot) {
  auto machine = Machine();
  machine.functions[0].path = "/sys/devices/pci0000:00/0000:00:0e.0/pci10000:e0/10000:e0:02.0/10000:e1:00.0";
  const auto devices = SliceDevices(machine, Plan(OfferOf({{"a", 1}})));
  const auto& attributes = devices.at(0).attributes;
  EXPECT_FALSE(attributes.contains("resource.kubernetes.io/pciBusID"));
  EXPECT_EQ(attributes.at("resource.kubernetes.io/pcieRoot"), SliceDevice::Attribute(std::string("pci0000:00")));
}

TEST(SliceDevice, HbmThatIsNotLocalIsNoDomain) {
  EXPECT_FALSE(SliceDevices(Machine(), Plan(OfferOf({{"a", 1}})))[0].attributes.contains("hbmDomain"));
}

TEST(SliceDevice, AnAfuIsATextAndNeverABoolean) {
  auto machine = Machine();
  machine.functions[0].operations = {"afu:d8424dc4a4a3c413f89e433683f9040b"};
  const auto attributes = SliceDevices(machine, Plan(OfferOf({{"a", 1}})))[0].attributes;
  EXPECT_EQ(std::get<std::string>(attributes.at("afu")), "d8424dc4a4a3c413f89e433683f9040b");
  for (const auto& [name, value] : attributes) EXPECT_FALSE(std::holds_alternative<bool>(value)) << name;
}

TEST(SliceDevice, AnOperationThatIsNoIdentifierIsNoAttribute) {
  auto machine = Machine();
  machine.functions[0].operations = {"3des-cbc", "aes-gcm", "sha512.256", std::string(33, 'x')};
  const auto attributes = SliceDevices(machine, Plan(OfferOf({{"a", 1}})))[0].attributes;
  for (const auto* name : {"3des-cbc", "3des_cbc", "sha512.256"}) EXPECT_FALSE(attributes.contains(name)) << name;
  EXPECT_TRUE(std::get<bool>(attributes.at("aes_gcm")));
  EXPECT_EQ(UnnamedOperations(machine, Plan(OfferOf({{"a", 1}}))),
            (std::vector<std::string>{"3des-cbc", "sha512.256", std::string(33, 'x')}));
}

TEST(SliceDevice, AChainIsNamedOnBothSides) {
  auto machine = Machine();
  machine.links = {{"a", "b", LinkStrength::kPeerToPeer}, {"b", "a", LinkStrength::kPeerToPeer}};
  const auto devices = SliceDevices(machine, Plan(OfferOf({{"a", 1}, {"b", 1}})));
  for (const auto& device : devices) EXPECT_EQ(std::get<std::string>(device.attributes.at("chainDomain")), "a");
}

TEST(SliceDevice, NeverHasMoreAttributesThanKubernetesTakes) {
  auto machine = Machine();
  machine.functions[1].operations.clear();
  for (int i = 0; i < 40; ++i) machine.functions[1].operations.push_back("operation-" + std::to_string(i));
  EXPECT_LE(SliceDevices(machine, Plan(OfferOf({{"b", 2}})))[0].attributes.size(), kMaxAttributes);
}

TEST(SliceDevice, WhatTheOfferAsksForHasRoomAndTheRestIsTold) {
  auto machine = Machine();
  machine.functions[0].operations.clear();
  for (int i = 10; i < 50; ++i) machine.functions[0].operations.push_back("op-" + std::to_string(i));
  auto plan = Plan(OfferOf({{"a", 1}}));
  plan.operations["nacelle.dev/compression"] = {"op-49", "op-48"};
  const auto device = SliceDevices(machine, plan).at(0);
  for (const auto* name : {"op_48", "op_49", "op_10"}) EXPECT_TRUE(device.attributes.contains(name)) << name;
  ASSERT_FALSE(device.left_out.empty());
  EXPECT_EQ(device.left_out.back(), "op-47");
  for (const auto& operation : device.left_out) EXPECT_FALSE(device.attributes.contains("op_" + operation.substr(3))) << operation;
  std::size_t told = 0;
  for (const auto& [name, value] : device.attributes) told += name.starts_with("op_");
  EXPECT_EQ(told + device.left_out.size(), 40u);
  EXPECT_TRUE(SliceDevices(Machine(), plan).at(0).left_out.empty());
}

TEST(SliceDevice, ValuesThatKubernetesRefusesAreLeftOut) {
  auto machine = Machine();
  machine.functions[0].interface = std::string(65, 'x');
  EXPECT_FALSE(SliceDevices(machine, Plan(OfferOf({{"a", 1}})))[0].attributes.contains("interface"));
}

TEST(SliceDevice, TheBestComeFirst) {
  auto machine = Machine();
  EXPECT_EQ(Names(SliceDevices(machine, Plan(OfferOf({{"a", 1}, {"b", 1}})))), (std::vector<std::string>{"a", "b"}));
  machine.functions[0].health = {false, "isolated"};
  const auto devices = SliceDevices(machine, Plan(OfferOf({{"a", 1}, {"b", 1}})));
  EXPECT_EQ(Names(devices), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(devices[0].taint, "");
  EXPECT_EQ(devices[1].taint, "nacelle.dev/unhealthy");
}

TEST(SliceDevice, AnOfferThatIsNearAPlaceShowsTheNearestFirst) {
  auto plan = Plan(OfferOf({{"a", 1}, {"b", 1}}));
  plan.places["nacelle.dev/compression"] = {Place::Kind::kNuma, 1, {}};
  EXPECT_EQ(Names(SliceDevices(Machine(), plan)), (std::vector<std::string>{"b", "a"}));
}

TEST(SliceDevice, AQueueWhoseNumberAnotherContainerCanOpenIsTainted) {
  auto plan = Plan(OfferOf({{"a", 1}, {"b", 1}}));
  plan.taken["a"] = "/dev/a can still be opened by the holder of old";
  const auto devices = SliceDevices(Machine(), plan);
  EXPECT_EQ(Names(devices), (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(devices[1].taint, "nacelle.dev/unhealthy");
  const auto health = HealthOfDevices(Machine(), plan);
  EXPECT_EQ(health.at("a").reason, plan.taken["a"]);
  EXPECT_TRUE(health.at("b").healthy);
}

TEST(SliceDevice, EachShareHasTheHealthOfItsQueueAndDevicesOfOtherRoutesHaveNone) {
  auto machine = Machine();
  machine.functions[0].health = {false, "isolated"};
  auto other = OfferOf({{"b", 1}});
  other.route = Route::kDevicePlugin;
  auto plan = Plan(OfferOf({{"a", 2}}));
  plan.offers.push_back(other);
  const auto health = HealthOfDevices(machine, plan);
  ASSERT_EQ(health.size(), 2u);
  EXPECT_EQ(health.at("a").reason, "isolated");
  EXPECT_EQ(health.at("a-1").reason, "isolated");
}

TEST(SliceDevice, SharesOfOneQueueCanBeToldApart) {
  const auto devices = SliceDevices(Machine(), Plan(OfferOf({{"a", 2}, {"b", 2}})));
  EXPECT_EQ(Names(devices), (std::vector<std::string>{"a", "a-1", "b", "b-1"}));
  EXPECT_EQ(std::get<std::string>(devices[1].attributes.at("queue")), "a");
}

TEST(SliceDevice, WhereClaimsCanShareADeviceAQueueIsOneWithACapacity) {
  const auto devices = SliceDevices(Machine(), Plan(OfferOf({{"a", 2}, {"b", 1}})), {.by_capacity = true});
  EXPECT_EQ(Names(devices), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(devices[0].shares, 2);
  EXPECT_EQ(std::get<std::string>(devices[0].attributes.at("queue")), "a");
  EXPECT_FALSE(devices[1].shares);
  EXPECT_EQ(std::get<std::string>(devices[1].attributes.at("queue")), "b") << "a claim can ask for different ones of both";
}

TEST(SliceDevice, AQueueStaysInTheFormInWhichItIsHeld) {
  const HeldShare as_device{"nacelle.dev/compression", "a-1", {"a"}, 2, Route::kDra};
  auto by_capacity = as_device;
  by_capacity.device = "a";
  by_capacity.share_id = "s1";
  const auto plan = Plan(OfferOf({{"a", 2}}));
  EXPECT_EQ(Names(SliceDevices(Machine(), plan, {true, {as_device}})), (std::vector<std::string>{"a", "a-1"}));
  EXPECT_EQ(Names(SliceDevices(Machine(), plan, {true, {by_capacity}})), std::vector<std::string>{"a"});
}

TEST(SliceDevice, ACapacityThatHandsOutNothingNewIsWhatIsHeld) {
  HeldShare held{"nacelle.dev/compression", "a", {"a"}, 4, Route::kDra};
  held.share_id = "s1";
  auto other = held;
  other.share_id = "s2";
  const auto devices = SliceDevices(Machine(), Plan(OfferOf({{"a", 4, {{"a"}}}})), {true, {held, other}});
  ASSERT_EQ(devices.size(), 1u);
  EXPECT_EQ(devices[0].shares, 2);
}

TEST(SliceDevice, OffersOfTheDevicePluginAreNotForTheScheduler) {
  auto offer = OfferOf({{"a", 1}});
  offer.route = Route::kDevicePlugin;
  EXPECT_TRUE(SliceDevices(Machine(), Plan(offer)).empty());
}

TEST(SliceDevice, IsWrittenAsTheApiHasIt) {
  const SliceDevice device{"d", {{"family", std::string("uacce")}, {"n", 3}, {"zlib", true}}, "nacelle.dev/unhealthy"};
  EXPECT_EQ(json::Write(Describe(device)),
            R"({"name":"d","attributes":{"family":{"string":"uacce"},"n":{"int":3},"zlib":{"bool":true}},)"
            R"("taints":[{"key":"nacelle.dev/unhealthy","effect":"NoSchedule"}]})");
  EXPECT_EQ(json::Write(Describe(SliceDevice{"d", {}, {}, 4})),
            R"({"name":"d","attributes":{},"allowMultipleAllocations":true,)"
            R"("capacity":{"shares":{"value":"4","requestPolicy":{"default":"1","validValues":["1"]}}}})");
}

}  // namespace
}  // namespace nacelle

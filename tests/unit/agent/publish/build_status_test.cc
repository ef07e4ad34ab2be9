// SPDX-License-Identifier: Apache-2.0
#include "agent/publish/build_status.h"

#include <gtest/gtest.h>

#include <string>

#include "core/json/value.h"

namespace nacelle {
namespace {

std::shared_ptr<Inventory> Machine(int functions) {
  auto machine = std::make_shared<Inventory>();
  for (int i = 0; i < functions; ++i) {
    const auto id = "uacce-0000-" + std::to_string(1000 + i) + "-00-0";
    auto& function = machine->functions.emplace_back(Function{.id = id, .family = "uacce", .interface = "hisi_zip", .operations = {"deflate", "gzip", "zlib"}});
    function.path = "/sys/devices/pci0000:00/0000:00:00.0/" + id;
    function.queues.push_back({.id = id, .nodes = {{.path = "/dev/hisi_zip-" + std::to_string(i)}}, .instances = 1024});
  }
  for (int domain = 0; domain < 4; ++domain) machine->affinities.push_back({"", "dram-" + std::to_string(domain), 10 + domain, 120, 81920});
  return machine;
}

std::size_t Size(const crd::NodeStatus& status) { return json::Write(crd::WriteNodeStatus(status)).size(); }

TEST(BuildStatus, CountsTheDevicesOfAnOfferAndWhoHoldsThem) {
  NodeView view{.inventory = Machine(2)};
  const auto& id = view.inventory->functions[0].id;
  view.offers = {{"nacelle.dev/c", {{id, 4, std::nullopt}, {"gone", 1, std::nullopt}}}};
  view.empty = {"nacelle.dev/none"};
  view.holdings = {{"nacelle.dev/c", id, "ns", "pod", "box"}, {"nacelle.dev/c", id + "-1", "", "", ""}};
  const auto status = BuildStatus(view);
  ASSERT_EQ(status.offers.size(), 2u);
  EXPECT_EQ(status.offers[0].devices, 5);
  EXPECT_EQ(status.offers[0].healthy, 4);
  EXPECT_EQ(status.offers[0].held, 2);
  EXPECT_EQ(status.offers[0].free, 2);
  EXPECT_EQ(status.offers[1].devices, 0) << "shown with the count 0";
  EXPECT_EQ(status.holdings, (std::vector<crd::NodeHolding>{{"nacelle.dev/c", id, "ns", "pod", "box"}, {"nacelle.dev/c", id + "-1", "", "", ""}}));
  EXPECT_EQ(status.summary.devices, 5);
  EXPECT_EQ(status.summary.held, 2);
}

TEST(BuildStatus, ADeviceThatIsHeldAndUnhealthyIsNotTakenOffTheFreeOnes) {
  NodeView view{.inventory = Machine(2)};
  view.offers = {{"nacelle.dev/c", {{view.inventory->functions[0].id, 3, std::nullopt}, {"gone", 1, std::nullopt}}}};
  view.holdings = {{"nacelle.dev/c", "gone", "ns", "pod", "box"}};
  const auto status = BuildStatus(view);
  EXPECT_EQ(status.offers[0].held, 1);
  EXPECT_EQ(status.offers[0].free, 3);
}

TEST(BuildStatus, ABundleIsShownWithItsQueues) {
  NodeView view{.inventory = Machine(2)};
  view.offers = {{.resource = "nacelle.dev/b", .tuples = {{"b-1", {"x", "y"}, 2, {false, "x is gone"}}}}};
  const auto status = BuildStatus(view);
  EXPECT_EQ(status.offers[0].members, (std::vector<crd::NodeDevice>{{"b-1", {"x", "y"}, 2, false, "x is gone"}}));
}

TEST(Truncate, AThousandFunctionsFitWholly) {
  auto status = BuildStatus({.inventory = Machine(1024)});
  Truncate(status, 1'300'000);
  EXPECT_EQ(status.truncated, "");
  EXPECT_EQ(status.functions.size(), 1024u);
  EXPECT_LE(Size(status), 1'300'000u);
}

TEST(Truncate, LinksGoFirstAndTheRestStays) {
  auto machine = Machine(300);
  for (const auto& from : machine->functions) {
    for (const auto& to : machine->functions) machine->links.push_back({from.id, to.id, LinkStrength::kPeerToPeer});
  }
  auto status = BuildStatus({.inventory = machine});
  Truncate(status, 1'300'000);
  EXPECT_EQ(status.truncated, "left out: 90000 links");
  EXPECT_EQ(status.functions.size(), 300u);
  EXPECT_EQ(status.functions[0].affinities.size(), 4u);
}

TEST(Truncate, WhatDoesNotFitIsLeftOutAndSaid) {
  auto status = BuildStatus({.inventory = Machine(5000)});
  Truncate(status, 400'000);
  EXPECT_LE(Size(status), 400'000u);
  EXPECT_LT(status.functions.size(), 5000u);
  EXPECT_FALSE(status.functions.empty());
  const auto left = std::to_string(5000 - status.functions.size()) + " functions";
  EXPECT_TRUE(status.truncated.ends_with(left)) << status.truncated;
  EXPECT_EQ(status.summary.functions, 5000) << "the figures are of all";
}

TEST(Truncate, EndsWhereNothingFits) {
  auto status = BuildStatus({.inventory = Machine(3)});
  Truncate(status, 10);
  EXPECT_TRUE(status.functions.empty());
}

}  // namespace
}  // namespace nacelle

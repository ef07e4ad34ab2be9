// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/slice_plan.h"

#include <gtest/gtest.h>

#include "core/kube/api_client.h"

namespace nacelle {
namespace {

const SliceOwner kOwner{"n1", "uid"};

std::vector<SliceDevice> Devices(int count, int tainted = 0) {
  std::vector<SliceDevice> devices;
  for (int i = 0; i < count; ++i) {
    devices.push_back({"d" + std::to_string(i), {{"family", std::string("uacce")}}, i < tainted ? "nacelle.dev/unhealthy" : ""});
  }
  return devices;
}

Slices Apply(const SlicePlan& plan, Slices slices = {}) {
  for (const auto& slice : plan.apply) slices[NameOfSlice(slice)] = slice;
  for (const auto& name : plan.remove) slices.erase(name);
  return slices;
}

std::int64_t Number(const json::Value& slice, std::string_view name) { return *FindMember(slice, {"spec", "pool", name})->AsInt(); }

TEST(SlicePlan, SplitsWithinTheLimits) {
  EXPECT_EQ(PlanSlices(kOwner, Devices(128), {}).apply.size(), 1u);
  EXPECT_EQ(PlanSlices(kOwner, Devices(129), {}).apply.size(), 2u);
  EXPECT_EQ(PlanSlices(kOwner, Devices(129, 1), {}).apply.size(), 3u);
}

TEST(SlicePlan, TheOrderOfItsSlicesAsTextIsThatOfTheDevices) {
  const auto slices = Apply(PlanSlices(kOwner, Devices(1500), {}));
  ASSERT_EQ(slices.size(), 12u);
  std::vector<std::string> names, wanted;
  for (const auto& [name, slice] : slices) {
    for (const auto& device : *FindMember(slice, {"spec", "devices"})->AsArray()) names.push_back(TextAt(device, {"name"}));
  }
  for (const auto& device : Devices(1500)) wanted.push_back(device.name);
  EXPECT_EQ(names, wanted);
}

TEST(SlicePlan, WithoutDevicesThereIsNoSlice) {
  EXPECT_TRUE(PlanSlices(kOwner, {}, {}).empty());
  const auto slices = Apply(PlanSlices(kOwner, Devices(1), {}));
  EXPECT_EQ(PlanSlices(kOwner, {}, slices).remove, std::vector<std::string>{"n1-nacelle-0000"});
}

TEST(SlicePlan, WritesNothingWhenAllIsShown) {
  const auto slices = Apply(PlanSlices(kOwner, Devices(200, 1), {}));
  EXPECT_TRUE(PlanSlices(kOwner, Devices(200, 1), slices).empty());
}

TEST(SlicePlan, WhatTheServerAddsIsNoChange) {
  auto slices = Apply(PlanSlices(kOwner, Devices(1, 1), {}));
  auto text = json::Write(slices.begin()->second);
  text.replace(text.find("\"effect\""), 8, "\"timeAdded\":\"2026-11-24T06:00:00Z\",\"effect\"");
  slices.begin()->second = *json::Parse(text);
  EXPECT_TRUE(PlanSlices(kOwner, Devices(1, 1), slices).empty());
}

TEST(SlicePlan, ItemsOfAListThatLackTheirTypeAreNoChange) {
  auto slices = Apply(PlanSlices(kOwner, Devices(1), {}));
  auto& slice = slices.begin()->second;
  slice = json::Object{{"metadata", *FindMember(slice, {"metadata"})}, {"spec", *FindMember(slice, {"spec"})}};
  EXPECT_TRUE(PlanSlices(kOwner, Devices(1), slices).empty());
}

TEST(SlicePlan, AnyChangeRaisesTheGenerationOfAll) {
  const auto before = Apply(PlanSlices(kOwner, Devices(200), {}));
  const std::vector<std::vector<SliceDevice>> changes{Devices(201), Devices(199), Devices(200, 1)};
  for (const auto& devices : changes) {
    const auto after = Apply(PlanSlices(kOwner, devices, before), before);
    for (const auto& [name, slice] : after) {
      EXPECT_EQ(Number(slice, "generation"), 2);
      EXPECT_EQ(Number(slice, "resourceSliceCount"), static_cast<std::int64_t>(after.size()));
    }
    EXPECT_TRUE(PlanSlices(kOwner, devices, after).empty());
  }
}

TEST(SlicePlan, AnAttributeOrTaintThatIsNoMoreIsAChange) {
  auto devices = Devices(1, 1);
  devices[0].attributes["zlib"] = true;
  const auto before = Apply(PlanSlices(kOwner, devices, {}));
  EXPECT_FALSE(PlanSlices(kOwner, Devices(1, 1), before).empty());
  devices[0].taint.clear();
  EXPECT_FALSE(PlanSlices(kOwner, devices, before).empty());
}

TEST(SlicePlan, ANodeThatWasMadeAnewOwnsItsSlices) {
  const auto before = Apply(PlanSlices(kOwner, Devices(1), {}));
  EXPECT_FALSE(PlanSlices({"n1", "other"}, Devices(1), before).empty());
}

TEST(SlicePlan, SlicesOfAnOlderNamingGo) {
  Slices before{{"old", *json::Parse(R"({"metadata":{"name":"old"},"spec":{"pool":{"generation":7}}})")}};
  const auto plan = PlanSlices(kOwner, Devices(1), before);
  EXPECT_EQ(plan.remove, std::vector<std::string>{"old"});
  EXPECT_EQ(Number(plan.apply.at(0), "generation"), 8);
}

TEST(SlicePlan, NamesFitWhateverTheNodeIsCalled) {
  const auto plan = PlanSlices({std::string(253, 'n'), "uid"}, Devices(1), {});
  EXPECT_LE(NameOfSlice(plan.apply[0]).size(), 253u);
}

TEST(SlicePlan, SeesThatAServerHasDroppedTaints) {
  const auto wanted = PlanSlices(kOwner, Devices(2, 1), {}).apply[0];
  EXPECT_FALSE(LacksTaints(wanted, wanted));
  EXPECT_TRUE(LacksTaints(wanted, PlanSlices(kOwner, Devices(2), {}).apply[0]));
}

}  // namespace
}  // namespace nacelle

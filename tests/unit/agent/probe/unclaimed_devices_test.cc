// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/unclaimed_devices.h"

#include <tuple>

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const std::string kDevice = "/sys/devices/pci0000:6a/0000:6a:01.0";

class UnclaimedDevices : public testing::Test {
 protected:
  UnclaimedDevices()
      : host_{{"/sys/bus/pci/devices/0000:6a:01.0", "-> ../../../devices/pci0000:6a/0000:6a:01.0"},
              {kDevice + "/vendor", "0x8086\n"},
              {kDevice + "/device", "0x0b25\n"}} {
    SetId("0B25");
  }

  void SetId(const std::string& device, const std::string& vendor = "8086") {
    host_.Set(kDevice + "/modalias", "pci:v0000" + vendor + "d0000" + device + "sv00008086sd00000000bc08sc80i00\n");
  }
  void SetDriver(const std::string& driver) { host_.Set(kDevice + "/driver", "-> ../../../bus/pci/drivers/" + driver); }

  SharedList<Function> Find(const std::vector<const Function*>& claimed = {}, const std::set<std::string>& unknown = {}) {
    auto found = FindUnclaimed(host_.root(), table_, ClaimedDevices(claimed), unknown, problems_);
    EXPECT_TRUE(found);
    return found ? *std::move(found) : SharedList<Function>();
  }
  SharedList<Function> Again(const std::vector<const Function*>& claimed, const SharedList<Function>& last,
                              const std::vector<std::string>& changed) {
    return FindUnclaimedAgain(host_.root(), table_, ClaimedDevices(claimed), {}, last, changed, problems_);
  }

  const HardwareTable table_ = BuiltinHardware();
  std::vector<Problem> problems_;
  FakeHost host_;
};

TEST_F(UnclaimedDevices, AKnownAcceleratorWithoutDriverIsShownWithTheReason) {
  const auto functions = Find();
  ASSERT_EQ(functions.size(), 1u);
  EXPECT_EQ(functions[0].id, "idxd-0000-6a-01-0");
  EXPECT_EQ(functions[0].family, "idxd");
  EXPECT_EQ(functions[0].name, "Intel DSA 1.0");
  EXPECT_TRUE(functions[0].queues.empty());
  EXPECT_EQ(functions[0].health, (Health{false, "no driver bound to this Intel DSA 1.0"}));
}

TEST_F(UnclaimedDevices, OneUnderADriverThatShowsNothingNamesTheDriver) {
  SetDriver("mydrv");
  EXPECT_EQ(Find().at(0).health.reason, "held by driver mydrv, under which nothing is known of this Intel DSA 1.0");
}

TEST_F(UnclaimedDevices, WhatAProbeShowsIsNotShownAgain) {
  SetDriver("idxd");
  for (const auto& path : {kDevice, kDevice + "/uacce/x"}) {
    Function claim;
    claim.path = path;
    EXPECT_TRUE(Find({&claim}).empty()) << path;
  }
  Function neighbour;
  neighbour.path = kDevice + "0";
  EXPECT_EQ(Find({&neighbour}).size(), 1u);
}

TEST_F(UnclaimedDevices, OfAFamilyThatCouldNotBeExaminedNothingIsSaid) { EXPECT_TRUE(Find({}, {"idxd"}).empty()); }

TEST_F(UnclaimedDevices, OtherDevicesAreNotShown) {
  for (const char* alias : {"pci:v00008086d00001572sv", "pci:v00008086", "usb:v1D6Bp0002", ""}) {
    host_.Set(kDevice + "/modalias", alias);
    EXPECT_TRUE(Find().empty()) << alias;
  }
}

TEST_F(UnclaimedDevices, AVirtualFunctionOfQatSaysWhichDriverItNeeds) {
  SetId("4941");
  EXPECT_EQ(Find().at(0).health.reason,
            "no driver bound to this Intel QAT 4xxx VF: containers reach it through vfio-pci");
  SetId("37C9");
  SetDriver("c6xxvf");
  const auto held = Find().at(0);
  EXPECT_TRUE(held.health.healthy);
  EXPECT_EQ(held.access_note, "serves the kernel only: driver c6xxvf holds it, not vfio-pci; vfio-pci refuses it, for it does not "
                              "isolate, unless the module is loaded with disable_denylist=1");
}

TEST_F(UnclaimedDevices, AnEngineOfTheKernelWithoutDriverIsShown) {
  // By the ids of its driver's row, and by a row of its own.
  for (const auto& [vendor, device, name] : {std::tuple{"1022", "1486", "AMD CCP"}, std::tuple{"177D", "0012", "Marvell Nitrox V"}}) {
    SetId(device, vendor);
    const auto function = Find().at(0);
    EXPECT_EQ(function.id, "crypto-0000-6a-01-0");
    EXPECT_EQ(function.name, name);
    EXPECT_FALSE(function.operations.empty());
    EXPECT_EQ(function.health, (Health{false, std::string("no driver bound to this ") + name}));
  }
}

TEST_F(UnclaimedDevices, AVirtualFunctionOfAnEngineSaysWhichDriverItNeeds) {
  SetId("A0FE", "177D");
  EXPECT_EQ(Find().at(0).health.reason,
            "no driver bound to this Marvell OcteonTX2 CPT VF: containers reach it through vfio-pci");
}

TEST_F(UnclaimedDevices, AfterAChangeOnlyWhatItConcernsIsReadAgain) {
  const auto before = Find();
  SetDriver("mydrv");
  EXPECT_EQ(Again({}, before, {"/sys/devices/pci0000:00/0000:00:02.0"}), before);
  const auto changed = Again({}, before, {kDevice + "/dsa0"});
  ASSERT_EQ(changed.size(), 1u);
  EXPECT_EQ(changed[0].driver, "mydrv");
  Function claim;
  claim.path = kDevice;
  EXPECT_TRUE(Again({&claim}, before, {}).empty());
}

}  // namespace
}  // namespace nacelle

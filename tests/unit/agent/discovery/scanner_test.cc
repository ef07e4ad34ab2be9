// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scanner.h"

#include <gtest/gtest.h>

#include <thread>

#include "agent/probe/builtin_probes.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using namespace std::chrono_literals;

class ScannerTest : public testing::Test {
 protected:
  ScannerTest()
      : host_{{"/sys/class", "/"}},
        topology_(host_.folder()),
        probes_(BuiltinProbes(hardware_)),
        reader_(host_.root(), topology_, probes_, hardware_, "n1") {}

  void AddDevice() {
    const std::string path = "/sys/devices/platform/q.0/uacce/q-0";
    host_.Set(path + "/device", "-> ../../../q.0");
    for (const auto& [name, contents] : std::initializer_list<std::pair<const char*, const char*>>{
             {"algorithms", "zlib"}, {"api", "v1"}, {"available_instances", "4"}, {"dev", "245:0"}, {"flags", "1"}}) {
      host_.Set(path + "/" + name, contents);
    }
    host_.Set("/dev/q-0", "c 245:0");
    host_.Set("/sys/class/uacce/q-0", "-> ../.." + path.substr(4));
  }

  const HardwareTable hardware_;
  FakeHost host_;
  TopologyLoader topology_;
  std::vector<std::unique_ptr<const Probe>> probes_;
  FactReader reader_;
  InventoryFeed feed_;
  Metrics metrics_;
};

TEST_F(ScannerTest, PublishesWhatIsThereAtTheStart) {
  AddDevice();
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  ASSERT_EQ(feed_.Latest().generation, 1u);
  EXPECT_EQ(feed_.Latest().inventory->functions.size(), 1u);
}

TEST_F(ScannerTest, ASteadyMachineIsNoNews) {
  AddDevice();
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  scanner.Scan();
  EXPECT_EQ(feed_.Latest().generation, 1u);
}

TEST_F(ScannerTest, WithoutUeventsTheIntervalFindsAChange) {
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {.debounce = 0ms, .rescan = 1ms});
  std::jthread thread([&](std::stop_token stop) { EXPECT_TRUE(scanner.Run(std::move(stop)).ok()); });
  EXPECT_EQ(feed_.Next(0, 60s, {}).generation, 1u);
  AddDevice();
  // What is there before the device is whole may be published as well.
  auto snapshot = feed_.Next(1, 60s, {});
  while (snapshot.inventory->functions.empty() || !snapshot.inventory->functions[0].health.healthy) {
    snapshot = feed_.Next(snapshot.generation, 60s, {});
  }
  EXPECT_EQ(snapshot.inventory->functions[0].id, "uacce-q-0");
}

TEST_F(ScannerTest, NewOptionsCountAtOnce) {
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {.debounce = 0ms, .rescan = 1h});
  std::jthread thread([&](std::stop_token stop) { EXPECT_TRUE(scanner.Run(std::move(stop)).ok()); });
  EXPECT_EQ(feed_.Next(0, 60s, {}).generation, 1u);
  scanner.SetOptions({.debounce = 0ms, .rescan = 1ms});
  AddDevice();
  EXPECT_GE(feed_.Next(1, 60s, {}).generation, 2u);
  EXPECT_EQ(scanner.options().rescan, 1ms);
}

TEST_F(ScannerTest, ASteadyMachineIsLoggedNowhere) {
  AddDevice();
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  testing::internal::CaptureStderr();
  scanner.Scan();
  scanner.Scan({.families = {"uacce"}});
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(ScannerTest, WhatIsNotSuspectStays) {
  AddDevice();
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  host_.Set("/sys/devices/platform/q.0/uacce/q-0/isolate", "1");
  scanner.Scan({.families = {"accel"}});
  EXPECT_EQ(feed_.Latest().generation, 1u);
  scanner.Scan({.families = {"uacce"}, .paths = {"/sys/devices/platform/other"}});
  EXPECT_EQ(feed_.Latest().generation, 1u);
  scanner.Scan({.families = {"uacce"}, .paths = {"/sys/devices/platform/q.0/uacce/q-0"}});
  EXPECT_EQ(feed_.Latest().generation, 2u);
  EXPECT_FALSE(feed_.Latest().inventory->functions[0].health.healthy);
}

TEST_F(ScannerTest, FpgaContentsAreReadAgainWithoutAnyUevent) {
  const std::string board = "/sys/devices/platform/board.0";
  host_.Set("/sys/class/fpga_region/region0", "-> ../../devices/platform/board.0/fpga_region/region0");
  host_.Set(board + "/fpga_region/region0/compat_id", std::string(32, 'a') + "\n");
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {.debounce = 0ms, .rescan = 1h, .rescan_fpga = 1ms});
  std::jthread thread([&](std::stop_token stop) { EXPECT_TRUE(scanner.Run(std::move(stop)).ok()); });
  ASSERT_EQ(feed_.Next(0, 60s, {}).inventory->functions.size(), 1u);
  AddDevice();  // which nobody tells of
  host_.Set(board + "/fpga_region/region0/compat_id", std::string(32, 'b') + "\n");
  // While the file is replaced it may not be there.
  auto snapshot = feed_.Next(1, 60s, {});
  while (snapshot.inventory->functions.at(0).contents->id != std::string(32, 'b')) {
    snapshot = feed_.Next(snapshot.generation, 60s, {});
  }
  EXPECT_EQ(snapshot.inventory->functions.size(), 1u);
  EXPECT_EQ(snapshot.inventory->functions[0].contents->generation, 2);
}

TEST_F(ScannerTest, AFailedScanKeepsWhatWasThere) {
  AddDevice();
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  host_.Remove("/sys");
  scanner.Scan();
  EXPECT_EQ(feed_.Latest().inventory->functions.size(), 1u);
  EXPECT_FALSE(feed_.Latest().inventory->problems.empty());
}

TEST_F(ScannerTest, ShowsFiguresThatChangeInMetricsOnly) {
  AddDevice();
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  host_.Set("/sys/devices/platform/q.0/uacce/q-0/available_instances", "1");
  scanner.Scan();
  EXPECT_EQ(feed_.Latest().generation, 1u);
  EXPECT_NE(metrics_.Render().find("nacelle_queue_available_instances{queue=\"uacce-q-0\"} 1"), std::string::npos);
}

TEST_F(ScannerTest, WhoOpensAWorkQueueIsNoNewsButAFigure) {
  const std::string pci = "/sys/devices/pci0000:6a/0000:6a:01.0/";
  host_.Set("/sys/bus/dsa/devices/dsa0", "-> ../../../devices/pci0000:6a/0000:6a:01.0/dsa0");
  host_.Set(pci + "dsa0/state", "enabled");
  host_.Set(pci + "dsa0/wq0.0/type", "user");
  host_.Set(pci + "dsa0/wq0.0/mode", "dedicated");
  host_.Set(pci + "dsa0/wq0.0/state", "enabled");
  host_.Set(pci + "dsa0/wq0.0/clients", "0");
  Scanner scanner(reader_, std::nullopt, feed_, metrics_, {});
  scanner.Scan();
  host_.Set(pci + "dsa0/wq0.0/clients", "1");
  scanner.Scan();
  EXPECT_EQ(feed_.Latest().generation, 1u);
  EXPECT_NE(metrics_.Render().find("nacelle_queue_clients{queue=\"idxd-0000-6a-01-0-wq0\"} 1"), std::string::npos);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/uacce_probe.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>

#include "core/config/hardware_file.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

const HardwareTable& NoHardware() {
  static const HardwareTable none;
  return none;
}

const std::string kDevice = "/sys/devices/platform/sw_zip.0/uacce/sw_zip-3/";

// One device, at `parent` below /sys/devices, as the kernel shows it.
void AddDevice(FakeHost& host, const std::string& parent, const std::string& name, const std::string& numbers) {
  const std::string path = "/sys/devices/" + parent + "/uacce/" + name;
  host.Set("/sys/class/uacce/" + name, "-> ../../devices/" + parent + "/uacce/" + name);
  host.Set(path + "/device", "-> ../../../" + parent.substr(parent.rfind('/') + 1));
  host.Set(path + "/algorithms", "zlib\ngzip\ndeflate\nlz77_zstd\n\n");
  host.Set(path + "/api", "sw_v1\n");
  host.Set(path + "/available_instances", "16\n");
  host.Set(path + "/dev", numbers + "\n");
  host.Set(path + "/flags", "1\n");
  host.Set("/sys/devices/" + parent + "/numa_node", "1\n");
  host.Set("/dev/" + name, "c " + numbers);
}

class UacceProbeTest : public testing::Test {
 protected:
  UacceProbeTest() : host_{} { AddDevice(host_, "platform/sw_zip.0", "sw_zip-3", "245:3"); }

  Findings Scan() {
    auto found = UacceProbe(NoHardware()).Scan(host_.root());
    EXPECT_TRUE(found);
    return found ? *std::move(found) : Findings{};
  }
  // The only function; an empty one when there are others.
  Function ScanOne() {
    auto found = Scan();
    EXPECT_EQ(found.functions.size(), 1u);
    return found.functions.size() == 1 ? found.functions.front() : Function{};
  }

  FakeHost host_;
};

TEST_F(UacceProbeTest, ADeviceIsAFunctionWithOneQueue) {
  const auto found = Scan();
  EXPECT_TRUE(found.problems.empty());
  EXPECT_EQ(found.available, (std::map<std::string, int>{{"uacce-sw-zip-0", 16}}));
  Function expected;
  expected.id = "uacce-sw-zip-0";
  expected.family = "uacce";
  expected.interface = "sw_zip";
  expected.api = "sw_v1";
  expected.operations = {"deflate", "gzip", "lz77-zstd", "zlib"};
  expected.access = MemoryAccess::kSva;
  expected.access_note = "negotiated, not verified";
  expected.path = "/sys/devices/platform/sw_zip.0";
  expected.numa = 1;
  Queue queue;
  queue.id = "uacce-sw-zip-0";
  queue.nodes = {{"/dev/sw_zip-3", 245, 3}};
  queue.links = {{"/sys/class/uacce", "sw_zip-3", "../../devices/platform/sw_zip.0/uacce/sw_zip-3"}};
  queue.instances = 16;
  expected.queues = {queue};
  ASSERT_EQ(found.functions.size(), 1u);
  EXPECT_EQ(found.functions.front(), expected);
}

TEST_F(UacceProbeTest, TheIdStaysWhenTheKernelsIndexChanges) {
  host_.Remove("/sys/class/uacce/sw_zip-3");
  AddDevice(host_, "platform/sw_zip.0", "sw_zip-9", "245:9");
  EXPECT_EQ(ScanOne().id, "uacce-sw-zip-0");
}

// The kernel's names are given anew: both devices had events then.
TEST_F(UacceProbeTest, ANameThatCameToMeanAnotherDeviceIsReadAgain) {
  AddDevice(host_, "platform/sw_zip.1", "sw_zip-4", "245:4");
  const auto before = Scan();
  for (const auto* name : {"sw_zip-3", "sw_zip-4"}) host_.Remove(std::string("/sys/class/uacce/") + name);
  AddDevice(host_, "platform/sw_zip.1", "sw_zip-3", "245:3");
  const auto after = UacceProbe(NoHardware()).Rescan(
      host_.root(), before, {"/sys/devices/platform/sw_zip.0/uacce/sw_zip-3", "/sys/devices/platform/sw_zip.1/uacce/sw_zip-3"});
  ASSERT_TRUE(after);
  EXPECT_EQ(after->functions, Scan().functions);
  ASSERT_EQ(after->functions.size(), 1u);
  EXPECT_EQ(after->functions.front().path, "/sys/devices/platform/sw_zip.1");
}

// Of what had no event, nothing is read.
TEST_F(UacceProbeTest, ARescanTakesTheOthersAsTheyWere) {
  const auto before = Scan();
  host_.Set(kDevice + "flags", "2\n");
  const auto untouched = UacceProbe(NoHardware()).Rescan(host_.root(), before, {"/sys/devices/platform/sw_zip.1"});
  ASSERT_TRUE(untouched);
  EXPECT_EQ(untouched->functions, before.functions);
  const auto touched = UacceProbe(NoHardware()).Rescan(host_.root(), before, {"/sys/devices/platform/sw_zip.0"});
  ASSERT_TRUE(touched);
  EXPECT_NE(touched->functions, before.functions);
}

TEST_F(UacceProbeTest, APciFunctionIsNamedByItsAddress) {
  host_.Remove("/sys/class/uacce/sw_zip-3");
  AddDevice(host_, "pci0000:40/0000:40:00.0/0000:41:00.0", "hisi_zip-0", "235:0");
  EXPECT_EQ(ScanOne().id, "uacce-0000-41-00-0");
}

TEST_F(UacceProbeTest, AnIsolatedFunctionIsUnhealthy) {
  host_.Set(kDevice + "isolate", "1\n");
  EXPECT_EQ(ScanOne().health, (Health{false, "isolated by the driver"}));
}

// As Kunpeng's out-of-tree drivers say it.
TEST_F(UacceProbeTest, ADeviceThatStoppedByAnErrorIsUnhealthy) {
  host_.Set(kDevice + "dev_state", "0\n");
  EXPECT_TRUE(ScanOne().health.healthy);
  host_.Set(kDevice + "dev_state", "-1\n");
  EXPECT_EQ(ScanOne().health, (Health{false, "device is in error (dev_state)"}));
}

// Out-of-tree drivers give it as seen from the processor that reads it.
TEST_F(UacceProbeTest, TheDistanceFromTheReaderIsNoPropertyOfTheDevice) {
  host_.Set(kDevice + "numa_distance", "0\n");
  host_.Set(kDevice + "node_id", "0\n");
  const auto near = Scan();
  host_.Set(kDevice + "numa_distance", "21\n");
  EXPECT_EQ(Scan(), near);
}

TEST_F(UacceProbeTest, AFifoInThePlaceOfAnAttributeIsAProblem) {
  host_.Remove(kDevice + "algorithms");
  ASSERT_EQ(mkfifo((host_.folder().native() + kDevice + "algorithms").c_str(), 0600), 0);
  const auto found = Scan();
  const auto message = kDevice + "algorithms: not a regular file";
  ASSERT_EQ(found.functions.size(), 1u);
  EXPECT_EQ(found.functions.front().health, (Health{false, message}));
  ASSERT_EQ(found.problems.size(), 1u);
  EXPECT_EQ(found.problems.front().message, message);
}

TEST_F(UacceProbeTest, AKernelThatRefusesEveryBindMakesItUnhealthy) {
  host_.Set("/proc/sys/kernel/osrelease", "6.12.117\n");
  host_.Set("/proc/sys/kernel/arch", "x86_64\n");
  HardwareTable table;
  table.sva = {{.architecture = "x86_64", .verdict = SvaVerdict::kRefused, .reason = "refused here"}};
  const auto refused = UacceProbe(table).Scan(host_.root());
  ASSERT_TRUE(refused);
  EXPECT_EQ(refused->functions.at(0).health, (Health{false, "refused here"}));
  host_.Set(kDevice + "flags", "0\n");  // it does not even try
  EXPECT_TRUE(UacceProbe(table).Scan(host_.root())->functions.at(0).health.healthy);
}

TEST_F(UacceProbeTest, TheSoftwareAcceleratorBindsByItself) {
  host_.Set("/proc/sys/kernel/osrelease", "6.12.117+deb12-amd64\n");
  host_.Set("/proc/sys/kernel/arch", "x86_64\n");
  host_.Set("/sys/devices/platform/sw_zip.0/driver", "-> ../../../bus/platform/drivers/swaccel");
  const auto table = BuiltinHardware();
  const auto found = UacceProbe(table).Scan(host_.root());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->functions.at(0).health.healthy);
  EXPECT_EQ(found->functions.at(0).access_note, "");
}

TEST_F(UacceProbeTest, WithoutSvaMemoryIsNotReached) {
  host_.Set(kDevice + "flags", "0\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kNone);
  EXPECT_EQ(ScanOne().access_note, "");
}

TEST_F(UacceProbeTest, OutOfTreeDriversSayIommuAndNoIommu) {
  host_.Set(kDevice + "flags", "128\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kIommu);
  EXPECT_TRUE(ScanOne().by_default);
  host_.Set(kDevice + "flags", "2\n");
  const auto function = ScanOne();
  EXPECT_EQ(function.access, MemoryAccess::kNone);
  EXPECT_EQ(function.access_note, "no IOMMU: a program that is given it can reach all memory");
  EXPECT_FALSE(function.by_default);
}

TEST_F(UacceProbeTest, OutOfTreeDriversSayNoIommuInTheApiToo) {
  host_.Set(kDevice + "flags", "0\n");
  host_.Set(kDevice + "api", "hisi_qm_v3_noiommu\n");
  EXPECT_EQ(ScanOne().access, MemoryAccess::kNone);
  EXPECT_EQ(ScanOne().access_note, "no IOMMU: a program that is given it can reach all memory");
  EXPECT_FALSE(ScanOne().by_default);
}

TEST_F(UacceProbeTest, ContradictoryFlagsAreAProblemAndAccessIsUnknown) {
  for (const auto& [flags, api, problem] :
       {std::array{"3", "sw_v1", "flags: 3 says both SVA and no IOMMU"},
        std::array{"130", "sw_v1", "flags: 130 says both IOMMU and no IOMMU"},
        std::array{"128", "qm_noiommu", "flags: 128 says both IOMMU and no IOMMU, as its api does"}}) {
    host_.Set(kDevice + "flags", flags);
    host_.Set(kDevice + "api", api);
    EXPECT_EQ(ScanOne().access, MemoryAccess::kUnknown);
    EXPECT_FALSE(ScanOne().by_default);  // it may reach all memory
    ASSERT_EQ(Scan().problems.size(), 1u);
    EXPECT_EQ(Scan().problems[0].message, problem);
  }
}

TEST_F(UacceProbeTest, AMissingNodeMakesTheQueueUnhealthy) {
  host_.Remove("/dev/sw_zip-3");
  EXPECT_EQ(ScanOne().queues.front().health, (Health{false, "/dev/sw_zip-3: No such file or directory"}));
}

TEST_F(UacceProbeTest, ANodeOfAnotherDeviceMakesTheQueueUnhealthy) {
  host_.Set("/dev/sw_zip-3", "c 1:3");
  EXPECT_FALSE(ScanOne().queues.front().health.healthy);
}

TEST_F(UacceProbeTest, AnUnreadableAttributeIsAProblemNotAFailure) {
  for (const char* attribute : {"api", "algorithms", "flags", "available_instances", "dev"}) {
    for (const char* contents : {"! EACCES", "! EIO"}) {
      FakeHost host{};
      AddDevice(host, "platform/sw_zip.0", "sw_zip-3", "245:3");
      AddDevice(host, "platform/sw_zip.1", "sw_zip-4", "245:4");
      host.Set(kDevice + attribute, contents);
      const auto found = UacceProbe(NoHardware()).Scan(host.root());
      ASSERT_TRUE(found);
      ASSERT_EQ(found->functions.size(), 2u);
      EXPECT_FALSE(found->functions[0].health.healthy) << attribute;
      EXPECT_TRUE(found->functions[1].health.healthy);
      EXPECT_EQ(found->problems.size(), 1u);
    }
  }
}

TEST_F(UacceProbeTest, ADriverThatCountsNoInstancesIsWell) {
  host_.Set(kDevice + "available_instances", "! ENODEV");
  const auto function = ScanOne();
  EXPECT_TRUE(function.health.healthy) << function.health.reason;
  EXPECT_FALSE(function.queues.front().instances);
}

TEST_F(UacceProbeTest, AMissingAttributeMakesTheFunctionUnhealthy) {
  host_.Remove(kDevice + "flags");
  EXPECT_FALSE(ScanOne().health.healthy);
}

TEST_F(UacceProbeTest, NonsenseInAttributesMakesTheFunctionUnhealthy) {
  const std::string binary("\x01\x00\x02", 3);
  for (const auto& [attribute, contents] : std::initializer_list<std::pair<const char*, std::string>>{
           {"api", binary}, {"api", ""}, {"flags", "yes"}, {"available_instances", "many"},
           {"dev", "245"}, {"dev", "245:3 x"}, {"algorithms", std::string(100'000, 'x')}}) {
    FakeHost host{};
    AddDevice(host, "platform/sw_zip.0", "sw_zip-3", "245:3");
    host.Set(kDevice + attribute, contents);
    const auto found = UacceProbe(NoHardware()).Scan(host.root());
    ASSERT_TRUE(found);
    ASSERT_EQ(found->functions.size(), 1u);
    EXPECT_FALSE(found->functions[0].health.healthy) << attribute;
  }
}

TEST_F(UacceProbeTest, AWordThatNoQueryCanNameIsAProblemAndTheOthersStay) {
  host_.Set(kDevice + "algorithms", "zlib\n\x80\xff\ngzip\n");
  EXPECT_EQ(ScanOne().operations, (std::vector<std::string>{"gzip", "zlib"}));
  EXPECT_TRUE(ScanOne().health.healthy);
  EXPECT_EQ(Scan().problems.size(), 1u);
}

TEST_F(UacceProbeTest, ALinkThatLeadsNowhereIsAProblem) {
  host_.Set("/sys/class/uacce/gone-0", "-> ../../devices/platform/gone.0/uacce/gone-0");
  host_.Set("/sys/class/uacce/loop-0", "-> loop-0");
  EXPECT_EQ(Scan().problems.size(), 2u);
  EXPECT_EQ(Scan().functions.size(), 1u);
}

TEST_F(UacceProbeTest, ASecondDeviceUnderOneParentDoesNotChangeTheIdOfTheFirst) {
  AddDevice(host_, "platform/sw_zip.0", "sw_sec-9", "245:99");
  const auto found = Scan();
  ASSERT_EQ(found.functions.size(), 2u);
  EXPECT_EQ(found.functions[0].id, "uacce-sw-zip-0");
  EXPECT_EQ(found.functions[0].interface, "sw_zip");
  EXPECT_EQ(found.functions[1].id, "uacce-sw-zip-0-sw-sec");
  EXPECT_EQ(found.problems.size(), 1u);
}

TEST_F(UacceProbeTest, TwoDevicesOfOneInterfaceUnderOneParentHaveDifferentIds) {
  AddDevice(host_, "platform/sw_zip.0", "sw_zip-7", "245:7");
  const auto found = Scan();
  ASSERT_EQ(found.functions.size(), 2u);
  EXPECT_NE(found.functions[0].id, found.functions[1].id);
  EXPECT_EQ(found.problems.size(), 1u);
}

// One that cannot be read any more has not become another, least of all its neighbour.
TEST_F(UacceProbeTest, TheParentIsKnownWithoutTheLinkToIt) {
  AddDevice(host_, "platform/sw_zip.3", "sw_zip-4", "245:4");
  const auto before = Scan();
  host_.Remove(kDevice + "device");
  EXPECT_EQ(Scan(), before);
}

TEST_F(UacceProbeTest, ADeviceWithoutAParentIsShownWithAProblem) {
  FakeHost host{};
  AddDevice(host, "virtual", "sw_zip-3", "245:3");
  host.Remove("/sys/devices/virtual/uacce/sw_zip-3/device");
  const auto found = UacceProbe(NoHardware()).Scan(host.root());
  ASSERT_TRUE(found);
  ASSERT_EQ(found->functions.size(), 1u);
  EXPECT_EQ(found->functions[0].id, "uacce-virtual-sw-zip-3");
  EXPECT_EQ(found->problems.size(), 1u);
}

TEST_F(UacceProbeTest, AParentThatIsNoDeviceIsNone) {
  FakeHost host{};
  AddDevice(host, "virtual", "sw_zip-3", "245:3");
  host.Set("/sys/devices/virtual/uacce/sw_zip-3/device", "-> ../../../../class");
  const auto found = UacceProbe(NoHardware()).Scan(host.root());
  ASSERT_TRUE(found);
  EXPECT_NE(found->problems.at(0).message.find("leads to /sys/class, which is no device"), std::string::npos);
}

TEST_F(UacceProbeTest, AMachineWithoutTheClassHasNone) {
  host_.Remove("/sys/class/uacce");
  EXPECT_TRUE(Scan().functions.empty());
  EXPECT_TRUE(Scan().problems.empty());
}

TEST_F(UacceProbeTest, AMachineWithoutSysfsCannotBeExamined) {
  FakeHost host{};
  EXPECT_FALSE(UacceProbe(NoHardware()).Scan(host.root()));
}

TEST_F(UacceProbeTest, AFileInThePlaceOfTheClassIsAFailureNotAnEmptyClass) {
  FakeHost host{{"/sys/class/uacce", "text"}};
  EXPECT_EQ(UacceProbe(NoHardware()).Scan(host.root()).error().code(), Code::kInvalid);
}

TEST_F(UacceProbeTest, AClassThatCannotBeListedIsAFailure) {
  FakeHost host{{"/sys/class/uacce", "! EACCES"}};
  EXPECT_EQ(UacceProbe(NoHardware()).Scan(host.root()).error().code(), Code::kDenied);
}

// A device goes while it is read: from some file on, nothing of it is there. Which
// one that is makes no difference to the others.
TEST_F(UacceProbeTest, WhateverIsReadOfADeviceMayBeGoneByThen) {
  AddDevice(host_, "platform/sw_zip.1", "sw_zip-4", "245:4");
  MachineTree seen;
  const auto whole = UacceProbe(NoHardware()).Scan(HostRoot(host_.folder(), &seen));
  ASSERT_TRUE(whole);
  ASSERT_EQ(whole->functions.size(), 2u);
  int gone = 0;
  for (const auto& [path, entry] : seen) {
    if (path.find("sw_zip-3") == std::string::npos && path.find("sw_zip.0") == std::string::npos) continue;
    FakeHost host{};
    AddDevice(host, "platform/sw_zip.0", "sw_zip-3", "245:3");
    AddDevice(host, "platform/sw_zip.1", "sw_zip-4", "245:4");
    host.Remove(path);
    const auto found = UacceProbe(NoHardware()).Scan(host.root());
    ASSERT_TRUE(found) << path;
    const auto& functions = found->functions;
    EXPECT_EQ(std::count(functions.begin(), functions.end(), whole->functions.back()), 1) << path;
    // Either it is not there, or what is missing is told.
    EXPECT_TRUE(functions != whole->functions || !found->problems.empty() || found->available != whole->available) << path;
    ++gone;
  }
  EXPECT_GE(gone, 8);
}

}  // namespace
}  // namespace nacelle

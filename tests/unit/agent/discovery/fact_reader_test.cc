// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/fact_reader.h"

#include <tuple>

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

// Counts how often it is asked, and finds one function in the file "/sys/found".
class CountingProbe final : public Probe {
 public:
  CountingProbe(std::string family, int& scans, int& rescans)
      : family_(std::move(family)), scans_(scans), rescans_(rescans) {}
  std::string_view family() const override { return family_; }
  Result<Findings> Scan(const HostRoot& host) const override {
    ++scans_;
    Findings findings;
    const auto id = host.Read("/sys/found");
    if (!id) return id.error();
    findings.functions.resize(1);
    findings.functions[0].id = *id;
    return findings;
  }
  Result<Findings> Rescan(const HostRoot&, const Findings& last, const std::vector<std::string>&) const override {
    ++rescans_;
    return last;
  }

 private:
  std::string family_;
  int& scans_;
  int& rescans_;
};

const std::string kNodes = "/sys/devices/system/node/";

class FactReaderTest : public testing::Test {
 protected:
  FactReaderTest() : host_{{"/sys/found", "a"}}, topology_(host_.folder()) {
    probes_.push_back(std::make_unique<CountingProbe>("one", scans_[0], rescans_[0]));
    probes_.push_back(std::make_unique<CountingProbe>("two", scans_[1], rescans_[1]));
  }

  void AddTwoNodes() {
    const std::string cpus = "/sys/devices/system/cpu/";
    host_.Set(cpus + "online", "0-1\n");
    host_.Set(kNodes + "online", "0-1\n");
    for (const auto& [n, mask, row] : {std::tuple{"0", "1\n", "10 21\n"}, std::tuple{"1", "2\n", "21 10\n"}}) {
      host_.Set(cpus + "cpu" + n + "/topology/core_cpus", mask);
      host_.Set(kNodes + "node" + n + "/cpumap", mask);
      host_.Set(kNodes + "node" + n + "/distance", row);
    }
  }

  FakeHost host_;
  TopologyLoader topology_;
  HardwareTable hardware_;
  int scans_[2] = {0, 0};
  int rescans_[2] = {0, 0};
  std::vector<std::unique_ptr<const Probe>> probes_;
  FactReader reader_{host_.root(), topology_, probes_, hardware_, "n1"};
};

TEST_F(FactReaderTest, AtFirstAllIsRead) {
  EXPECT_TRUE(reader_.Read({.families = {"two"}, .paths = {"/sys/devices/x"}}));
  EXPECT_EQ(scans_[0], 1);
  EXPECT_EQ(scans_[1], 1);
}

TEST_F(FactReaderTest, OfSuspectFamiliesTheOthersAreNotRead) {
  reader_.Read();
  reader_.Read({.families = {"two"}});
  EXPECT_EQ(scans_[0], 1);
  EXPECT_EQ(scans_[1], 2);
  reader_.Read({.families = {"two"}, .paths = {"/sys/devices/x"}});
  EXPECT_EQ(scans_[1], 2);
  EXPECT_EQ(rescans_[1], 1);
}

TEST_F(FactReaderTest, OnlyWhatDiffersIsAChange) {
  EXPECT_TRUE(reader_.Read());
  EXPECT_FALSE(reader_.Read());
  host_.Set("/sys/found", "b");
  EXPECT_FALSE(reader_.Read({.families = {"none"}}));
  EXPECT_TRUE(reader_.Read({.families = {"one"}}));
  EXPECT_EQ(reader_.facts().families[0].findings->functions[0].id, "b");
  EXPECT_EQ(reader_.facts().families[1].findings->functions[0].id, "a");
}

TEST_F(FactReaderTest, AFamilyThatCouldNotBeExaminedIsReadAsAWholeTheNextTime) {
  host_.Set("/sys/found", "! EACCES");
  EXPECT_TRUE(reader_.Read());
  EXPECT_FALSE(reader_.Read());
  host_.Set("/sys/found", "a");
  EXPECT_TRUE(reader_.Read({.families = {"one"}, .paths = {"/sys/devices/x"}}));
  EXPECT_EQ(rescans_[0], 0);
  EXPECT_TRUE(reader_.facts().families[0].findings);
}

TEST_F(FactReaderTest, AKnownDeviceThatNoProbeHasIsShown) {
  const std::string device = "/sys/devices/pci0000:6a/0000:6a:01.0";
  hardware_.pci = {{.vendor = "8086", .device = "0b25", .name = "DSA", .family = "idxd"}};
  host_.Set("/sys/bus/pci/devices/0000:6a:01.0", "-> ../../../devices/pci0000:6a/0000:6a:01.0");
  host_.Set(device + "/modalias", "pci:v00008086d00000B25sv00008086sd00000000bc08sc80i00\n");
  host_.Set(device + "/driver", "-> ../../../bus/pci/drivers/mydrv");
  EXPECT_TRUE(reader_.Read());
  ASSERT_EQ(reader_.facts().unclaimed.size(), 1u);
  EXPECT_EQ(reader_.facts().unclaimed[0].id, "idxd-0000-6a-01-0");
  EXPECT_FALSE(reader_.Read());
  host_.Remove(device + "/driver");
  EXPECT_TRUE(reader_.Read());
  EXPECT_EQ(reader_.facts().unclaimed[0].health.reason, "no driver bound to this DSA");
  host_.Remove("/sys/bus/pci/devices/0000:6a:01.0");
  const Suspects elsewhere{.families = {"one"}, .paths = {device}};
  EXPECT_FALSE(reader_.Read(elsewhere));
  auto there = elsewhere;
  there.unclaimed = true;
  EXPECT_TRUE(reader_.Read(there));
  EXPECT_TRUE(reader_.facts().unclaimed.empty());
}

TEST_F(FactReaderTest, DistancesThatAreNoMatrixAreAProblem) {
  AddTwoNodes();
  reader_.Read();
  EXPECT_TRUE(reader_.facts().memory.problems.empty());
  host_.Set(kNodes + "node1/distance", "garbage\n");
  reader_.Read({.memory = true});
  ASSERT_EQ(reader_.facts().memory.problems.size(), 1u);
  EXPECT_NE(reader_.facts().memory.problems[0].message.find("no distances between NUMA nodes"), std::string::npos);
}

// Where no uevent arrives, as without the initial user namespace, nothing else tells of it.
TEST_F(FactReaderTest, AWholeScanSeesThatMemoryHasChanged) {
  AddTwoNodes();
  reader_.Read();
  EXPECT_FALSE(reader_.Read());
  host_.Set(kNodes + "node1/distance", "32 10\n");
  EXPECT_TRUE(reader_.Read());
  EXPECT_EQ(reader_.facts().memory.topology.nodes.at(1).distances, (std::vector<int>{32, 10}));
  host_.Set(kNodes + "node1/meminfo", "Node 1 MemTotal: 2048 kB\nNode 1 MemFree: 7 kB\n");
  EXPECT_TRUE(reader_.Read());
  EXPECT_EQ(reader_.facts().memory.topology.nodes.at(1).capacity_bytes, 2048U * 1024);
  host_.Set(kNodes + "node1/meminfo", "Node 1 MemTotal: 2048 kB\nNode 1 MemFree: 6 kB\n");
  EXPECT_FALSE(reader_.Read());
  host_.Set(kNodes + "online", "0\n");
  EXPECT_TRUE(reader_.Read());
  EXPECT_EQ(reader_.facts().memory.facts.size(), 1u);
}

}  // namespace
}  // namespace nacelle

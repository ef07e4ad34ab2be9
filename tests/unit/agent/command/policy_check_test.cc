// SPDX-License-Identifier: Apache-2.0
#include "agent/command/policy_check.h"

#include <gtest/gtest.h>

#include "core/select/query_parser.h"

namespace nacelle {
namespace {

Function MakeFunction(const std::string& id, const std::string& operation, unsigned minor) {
  Function function;
  function.id = id;
  function.family = "uacce";
  function.interface = "sw_" + operation;
  function.operations = {operation};
  function.access = MemoryAccess::kSva;
  function.numa = 0;
  function.queues.emplace_back();
  function.queues[0].id = id;
  function.queues[0].nodes = {{"/dev/" + id, 240, minor}};
  function.queues[0].instances = 8;
  return function;
}

MachineView Machine() {
  MachineView machine;
  machine.inventory.functions = {MakeFunction("a", "zlib", 0), MakeFunction("b", "sha256", 1)};
  machine.inventory.numa = {{0, true, {10}}};
  return machine;
}

TEST(DescribePolicy, NotesAPlaceThatIsNotThere) {
  Policy policy;
  policy.offers = {{"x", *ParseQuery("zlib near numa:7"), 1}};
  EXPECT_NE(DescribePolicy(policy, Machine()).find("  a\n  note: there is no numa node 7; there are 0\n"), std::string::npos)
      << DescribePolicy(policy, Machine());
}

TEST(DescribePolicy, ATerminalObeysNothingThatAMachineSays) {
  auto machine = Machine();
  machine.inventory.functions[0].queues[0].health = {false, "\x1b[2J"};
  const auto text = DescribePolicy({}, machine);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_NE(text.find("unhealthy: \\x1b[2J\n"), std::string::npos) << text;
}

TEST(DescribePolicy, TellsWhatEachOfferSelectsAndWhatTheRestIs) {
  Policy policy;
  policy.offers = {{"x", *ParseQuery("zlib"), 4}};
  EXPECT_EQ(DescribePolicy(policy, Machine()),
            "nacelle.dev/x: 4 devices: zlib\n"
            "  a, 4 shares\n"
            "nacelle.dev/sw-sha256: 1 device\n"
            "  b\n");
}

TEST(DescribePolicy, TellsWhatWouldComeClosestToAnOfferThatSelectsNothing) {
  Policy policy;
  policy.offers = {{"x", *ParseQuery("zlib,access=iommu")}};
  policy.rest = Rest::kHide;
  const auto text = DescribePolicy(policy, Machine());
  EXPECT_NE(text.find("nacelle.dev/x: 0 devices: zlib,access=iommu\n  nothing here: "), std::string::npos) << text;
  EXPECT_NE(text.find("  closest: zlib\n"), std::string::npos) << text;
  EXPECT_NE(text.find("hidden:\n  a: not offered"), std::string::npos) << text;
}

TEST(DescribePolicy, ShowsTheQueuesOfEachTupleOfABundle) {
  Policy policy;
  policy.offers = {{"pair", *ParseQuery("sha256 + zlib"), 2}};
  const auto text = DescribePolicy(policy, Machine());
  EXPECT_TRUE(text.starts_with("nacelle.dev/pair: 2 devices: sha256 + zlib\n  b-")) << text;
  EXPECT_TRUE(text.ends_with(": b a, 2 shares\n")) << text;
}

TEST(DescribePolicy, AnOfferWhoseQueuesEarlierOffersHaveIsToldSo) {
  Policy policy;
  policy.offers = {{"x", *ParseQuery("zlib")}, {"y", *ParseQuery("zlib")}};
  EXPECT_NE(DescribePolicy(policy, Machine()).find("nacelle.dev/y: 0 devices: zlib\n  nothing left"), std::string::npos);
}

TEST(DescribePolicy, MarksUnhealthyQueues) {
  auto machine = Machine();
  machine.inventory.functions[0].health = {false, "isolated"};
  EXPECT_NE(DescribePolicy({}, machine).find("  a, unhealthy: isolated\n"), std::string::npos);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/find.h"

#include <gtest/gtest.h>

#include "core/select/query_parser.h"

namespace nacelle {
namespace {

Function MakeFunction(const std::string& id, int numa, const std::string& operation) {
  Function function;
  function.id = id;
  function.numa = numa;
  function.operations = {operation};
  function.access = MemoryAccess::kSva;
  Queue queue;
  queue.id = id;
  queue.nodes = {{"/dev/" + id, 245, 0}};
  function.queues = {queue};
  return function;
}

// Two nodes; zlib on both, sha256 on the second, whose memory has figures.
MachineView Machine() {
  MachineView machine;
  auto& inventory = machine.inventory;
  inventory.functions = {MakeFunction("sha-1", 1, "sha256"), MakeFunction("zip-0", 0, "zlib"),
                         MakeFunction("zip-1", 1, "zlib")};
  inventory.numa = {{0, true, {10, 20}}, {1, true, {20, 10}}};
  inventory.domains.resize(2);
  inventory.domains[0].id = "dram-0";
  inventory.domains[0].numa = 0;
  inventory.domains[1].id = "dram-1";
  inventory.domains[1].numa = 1;
  inventory.affinities = {{"numa-1", "dram-1", 10, 90, 81920}};
  machine.numa_of_cpu = {{17, 1}};
  return machine;
}

FindReport Ask(const MachineView& machine, const std::string& text, FindFormat format, FindRequest request = {}) {
  request.text = text;
  request.query = *ReadQueryOrShow(text);
  return FindOnMachine(machine, request, format);
}

TEST(FindCommand, ATableHasALineAnAnswerWithItsReasonInNumbers) {
  EXPECT_EQ(Ask(Machine(), "zlib near numa:1", FindFormat::kTable).text,
            "   QUEUES  REASON\n"
            "1  zip-1   distance 10 to dram-1, 90 ns, 81920 MB/s\n"
            "2  zip-0   distance 20 to dram-1\n");
}

TEST(FindCommand, JsonIsAsTheContractSays) {
  EXPECT_EQ(Ask(Machine(), "zlib  near numa:1", FindFormat::kJson, {.limit = 1}).text, R"({
  "query": "zlib  near numa:1",
  "answers": [
    {
      "queues": [
        "zip-1"
      ],
      "reason": {
        "domain": "dram-1",
        "distance": 10,
        "latency_ns": 90,
        "bandwidth_mbps": 81920
      }
    }
  ],
  "miss": null
}
)");
}

TEST(FindCommand, YamlSaysTheSame) {
  EXPECT_EQ(Ask(Machine(), "sha256 + zlib chained=shared-address", FindFormat::kYaml, {.limit = 1}).text,
            "query: \"sha256 + zlib chained=shared-address\"\n"
            "answers:\n"
            "- queues:\n"
            "  - sha-1\n"
            "  - zip-1\n"
            "  reason:\n"
            "    distance: 10\n"
            "    strength: shared-address\n"
            "miss: null\n");
}

TEST(FindCommand, ACpuIsAPlace) {
  EXPECT_EQ(Ask(Machine(), "zlib near cpu:17", FindFormat::kTable, {.limit = 1}).text,
            "   QUEUES  REASON\n"
            "1  zip-1   distance 10 to dram-1, 90 ns, 81920 MB/s\n");
}

TEST(FindCommand, AMissSaysWhatNothingSatisfiesAndWhatComesClosest) {
  const auto report = Ask(Machine(), "sha256 + zlib sharing hbm", FindFormat::kTable);
  EXPECT_FALSE(report.answered);
  EXPECT_EQ(report.text,
            "Nothing answers: sha256 + zlib sharing hbm\n"
            "  sharing hbm: there is no memory of kind hbm\n"
            "Closest: sha256 + zlib\n"
            "   QUEUES         REASON\n"
            "1  sha-1 + zip-1  distance 10 between them\n");
}

TEST(FindCommand, HeldAndUnhealthyQueuesAreLeftOutOrMarked) {
  auto machine = Machine();
  machine.inventory.functions[2].health = {false, "isolated"};
  FindRequest request{.usage = {{"zip-0", {1, 1}}}};
  EXPECT_FALSE(Ask(machine, "zlib", FindFormat::kTable, request).answered);
  request.all = true;
  EXPECT_EQ(Ask(machine, "zlib", FindFormat::kTable, request).text,
            "   QUEUES             REASON\n"
            "1  zip-1 (unhealthy)  -\n"
            "2  zip-0 (held)       -\n");
}

TEST(FindCommand, AMistakeIsShownWithACaretUnderIt) {
  const auto query = ReadQueryOrShow("zlib,acess=sva");
  ASSERT_FALSE(query);
  EXPECT_EQ(query.error().code(), Code::kInvalid);
  EXPECT_TRUE(query.error().message().starts_with("a mistake in the query:\n  zlib,acess=sva\n       ^~~~~ "))
      << query.error().message();
}

TEST(FindCommand, ALimitIsANumberFromOneToAThousand) {
  EXPECT_EQ(*ParseLimit("25"), 25u);
  for (const char* text : {"0", "1001", "-1", "3x", ""}) {
    EXPECT_EQ(ParseLimit(text).error().code(), Code::kInvalid) << text;
  }
}

TEST(FindCommand, FormatsThatAreNotThereAreNamed) {
  EXPECT_EQ(ParseFindFormat("xml").error().message(), "-o: no such format: xml (table, json, yaml)");
}

}  // namespace
}  // namespace nacelle

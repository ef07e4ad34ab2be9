// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_table.h"

#include <gtest/gtest.h>

#include "core/describe/inventory_tree.h"

namespace nacelle {
namespace {

Inventory Machine() {
  Function function;
  function.id = "idxd-a";
  function.name = "Intel DSA 1.0";
  function.interface = "dsa_shared";
  function.operations = {"compare", "crc32c", "dualcast", "fill", "memmove", "scan", "select", "zero"};
  function.access = MemoryAccess::kSva;
  function.path = "/sys/devices/pci0000:6a/0000:6a:01.0";
  function.queues = {{.id = "wq0", .nodes = {{"/dev/dsa/wq0.0"}}, .figures = {{"group_id", 0}, {"size", 16}}},
                     {.id = "wq1", .nodes = {{"/dev/dsa/wq0.1"}}}};
  Inventory inventory;
  inventory.node = "n1";
  inventory.functions = {function};
  return inventory;
}

bool Has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(InventoryTable, LongListsAreShortened) {
  const auto text = FormatTable(Machine(), Colour::kNo);
  EXPECT_TRUE(Has(text, " compare,crc32c,dualcast,fill,+4 ")) << text;
  EXPECT_TRUE(Has(FormatTree(Machine(), Colour::kNo), "(compare crc32c dualcast fill memmove scan +2)"));
}

TEST(InventoryTable, AListThatIsOneWordTooLongIsWhole) {
  auto inventory = Machine();
  inventory.functions[0].operations.resize(5);
  EXPECT_TRUE(Has(FormatTable(inventory, Colour::kNo), " compare,crc32c,dualcast,fill,memmove "));
}

TEST(InventoryTable, OfAFunctionWithSomeUnhealthyQueuesTheFirstIsNamed) {
  auto inventory = Machine();
  inventory.functions[0].queues[1].health = {false, "queue is disabled"};
  EXPECT_TRUE(Has(FormatTable(inventory, Colour::kNo), "unhealthy: idxd-a: 1 of 2 queues, wq1: queue is disabled\n"));
  const auto tree = FormatTree(inventory, Colour::kNo);
  EXPECT_TRUE(Has(tree, "queue wq1  /dev/dsa/wq0.1  unhealthy: queue is disabled\n")) << tree;
  EXPECT_TRUE(Has(tree, "queue wq0  /dev/dsa/wq0.0  group_id 0, size 16\n")) << tree;
}

TEST(InventoryTable, ANoteIsMarkedAndToldBelowTableAndTree) {
  auto inventory = Machine();
  inventory.functions[0].access_note = "negotiated, not verified";
  for (const auto& text : {FormatTable(inventory, Colour::kNo), FormatTree(inventory, Colour::kNo)}) {
    EXPECT_TRUE(Has(text, " sva* ")) << text;
    EXPECT_TRUE(Has(text, "\n* negotiated, not verified\n")) << text;
  }
}

TEST(InventoryTable, NotesThatDifferAreNumbered) {
  auto inventory = Machine();
  inventory.functions.push_back(inventory.functions[0]);
  inventory.functions[0].access_note = "negotiated, not verified";
  inventory.functions[1].access_note = "by the IOMMU";
  for (const auto& text : {FormatTable(inventory, Colour::kNo), FormatTree(inventory, Colour::kNo)}) {
    EXPECT_TRUE(Has(text, " sva*2 ")) << text;
    EXPECT_TRUE(Has(text, " sva*1 ")) << text;
    EXPECT_TRUE(Has(text, "\n*1 by the IOMMU\n*2 negotiated, not verified\n")) << text;
  }
}

TEST(InventoryTable, TheNameForPeopleIsInTheTree) {
  EXPECT_TRUE(Has(FormatTree(Machine(), Colour::kNo), "Intel DSA 1.0"));
}

TEST(InventoryTable, ATerminalObeysNothingThatAMachineSays) {
  auto inventory = Machine();
  const std::string evil = "\x1b]0;owned\x07\nFAKE";
  auto& function = inventory.functions[0];
  inventory.node = function.name = function.interface = function.access_note = function.operations[0] = evil;
  function.health = {false, evil};
  function.queues[0].health = {false, evil};
  function.queues[0].nodes[0].path = evil;
  inventory.problems = {{evil, evil}};
  for (const auto& text : {FormatTable(inventory, Colour::kNo), FormatTree(inventory, Colour::kNo)}) {
    EXPECT_FALSE(Has(text, "\x1b")) << text;
    EXPECT_FALSE(Has(text, "\nFAKE")) << text;
    EXPECT_TRUE(Has(text, "\\x1b]0;owned\\x07\\x0aFAKE")) << text;
  }
  EXPECT_FALSE(Has(FormatHealth(function, Colour::kNo), "\x1b"));
}

}  // namespace
}  // namespace nacelle

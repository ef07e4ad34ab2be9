// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_json.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Inventory OneFunction() {
  Inventory inventory{.node = "n2"};
  inventory.functions = {{.id = "uacce-sw-zip-0", .family = "uacce", .interface = "sw_zip", .api = "swaccel_v1",
                          .operations = {"deflate", "zlib"}, .access = MemoryAccess::kSva,
                          .path = "/sys/devices/platform/sw_zip.0", .numa = 1,
                          .queues = {{.id = "uacce-sw-zip-0", .nodes = {{"/dev/sw_zip-4", 245, 4}}, .instances = 8}}}};
  inventory.domains = {{.id = "hbm-2", .kind = MemoryKind::kHbm, .decided_by = "faster tier", .numa = 2, .local_nodes = {1}}};
  inventory.affinities = {{"numa-1", "hbm-2", 12, 120, 81920}};
  inventory.problems = {{"/sys/class/uacce/x", "unreadable"}};
  return inventory;
}

TEST(DescribeFunction, IsWhatAContainerReads) {
  const auto inventory = OneFunction();
  const auto& function = inventory.functions[0];
  EXPECT_EQ(json::Write(DescribeFunction(inventory, function, {DescribeQueue(function.queues[0])})),
            R"({"id":"uacce-sw-zip-0","family":"uacce","interface":"sw_zip","api":"swaccel_v1",)"
            R"("operations":["deflate","zlib"],"access":"sva",)"
            R"("queues":[{"id":"uacce-sw-zip-0","nodes":["/dev/sw_zip-4"]}],"numa":1,)"
            R"("nearest":[{"domain":"hbm-2","kind":"hbm","distance":12,"latency_ns":120,"bandwidth_mbps":81920}]})");
}

TEST(DescribeInventory, ShowsAllPartsInTheirOrder) {
  const auto text = json::Write(DescribeInventory(OneFunction()));
  EXPECT_TRUE(text.starts_with(R"({"version":1,"node":"n2","functions":[{"id":"uacce-sw-zip-0",)"));
  EXPECT_NE(text.find(R"("instances":8,"health":"healthy"}])"), std::string::npos);
  EXPECT_NE(text.find(R"("path":"/sys/devices/platform/sw_zip.0")"), std::string::npos);
  EXPECT_TRUE(text.ends_with(R"("links":[],"problems":[{"object":"/sys/class/uacce/x","message":"unreadable"}]})"));
}

TEST(DescribeInventory, UnknownPlacesAreNull) {
  auto inventory = OneFunction();
  inventory.functions[0].numa.reset();
  EXPECT_NE(json::Write(DescribeInventory(inventory)).find(R"("numa":null)"), std::string::npos);
}

}  // namespace
}  // namespace nacelle

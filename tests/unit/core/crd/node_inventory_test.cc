// SPDX-License-Identifier: Apache-2.0
#include "core/crd/node_inventory.h"

#include <gtest/gtest.h>

namespace nacelle::crd {
namespace {

Inventory Machine() {
  Inventory machine;
  machine.node = "n1";
  Function zip{.id = "uacce-zip", .family = "uacce", .interface = "hisi_zip", .api = "hisi_qm_v3", .operations = {"zlib"},
               .access = MemoryAccess::kSva, .path = "/sys/devices/x", .driver = "hisi_zip", .card = "c", .numa = 1};
  zip.queues = {{.id = "uacce-zip", .nodes = {{.path = "/dev/hisi_zip-0"}}, .instances = 16, .health = {false, "the driver resets it"}}};
  machine.functions = {zip, {.id = "uacce-zip-2", .family = "uacce", .interface = "hisi_zip"}};
  machine.numa = {{0, true, {10, 20}, 0}, {1, false, {20, 10}, std::nullopt}};
  machine.domains = {{.id = "hbm-1", .kind = MemoryKind::kHbm, .numa = 1, .capacity_bytes = 1 << 30, .local_nodes = {0}}};
  machine.affinities = {{"", "hbm-1", 255, std::nullopt, std::nullopt}, {"numa-1", "hbm-1", 10, 120, 81920}};
  machine.links = {{"uacce-zip", "uacce-zip-2", LinkStrength::kPeerToPeer, true}};
  machine.problems = {{"/sys/x", "not a number"}};
  return machine;
}

TEST(NodeInventory, IsReadFromAStatusAsItWasDescribed) {
  NodeAccelerators node;
  node.meta.name = "n1";
  Describe(Machine(), node.status);
  const auto written = ReadNodeAccelerators(json::Object{{"metadata", json::Object{{"name", "n1"}}}, {"status", WriteNodeStatus(node.status)}});
  ASSERT_TRUE(written);
  EXPECT_EQ(InventoryOf(*written), Machine());
}

TEST(NodeInventory, FunctionsWithAnUnhealthyQueueAreCounted) {
  NodeStatus status;
  Describe(Machine(), status);
  EXPECT_EQ(status.summary.functions, 2);
  EXPECT_EQ(status.summary.unhealthy, 1);
  EXPECT_EQ(status.summary.problems, 1);
}

}  // namespace
}  // namespace nacelle::crd

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scan_metrics.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

#include "core/metrics/metrics.h"

namespace nacelle {
namespace {

// What /metrics says of a machine with this function alone.
std::string Rendered(Function function) {
  Metrics metrics;
  ScanMetrics shown(metrics);
  Inventory inventory;
  inventory.functions.push_back(std::move(function));
  shown.ShowInventory(inventory);
  return metrics.Render();
}

bool Counts(const std::string& text, const std::string& health) {
  return text.find("health=\"" + health + "\",interface=\"fpga\"} 1") != std::string::npos;
}

Function Region() {
  Function function;
  function.family = "fpga";
  function.interface = "fpga";
  return function;
}

TEST(ScanMetrics, AFunctionWithoutQueuesIsCountedByItsOwnHealth) {
  auto region = Region();
  EXPECT_TRUE(Counts(Rendered(region), "healthy"));
  region.health = {false, "reconfiguring (write)"};
  EXPECT_TRUE(Counts(Rendered(region), "unhealthy"));
}

TEST(ScanMetrics, OneUnhealthyQueueMakesAFunctionUnhealthy) {
  auto port = Region();
  port.queues.resize(2);
  port.queues[1].health = {false, "gone"};
  EXPECT_TRUE(Counts(Rendered(port), "unhealthy"));
}

TEST(ScanMetrics, AnFpgaFunctionSaysHowManyContentsItHasHad) {
  auto port = Region();
  port.id = "fpga-a";
  port.contents = Contents{"aa", 3};
  EXPECT_NE(Rendered(port).find("nacelle_function_contents_generation{function=\"fpga-a\"} 3"), std::string::npos);
}

}  // namespace
}  // namespace nacelle

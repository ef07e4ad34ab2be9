// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/definitions.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <set>

#include "core/base/files.h"

namespace nacelle {
namespace {

std::vector<MetricDefinition> All() {
  std::vector<MetricDefinition> all(AgentMetrics().begin(), AgentMetrics().end());
  all.insert(all.end(), OperatorMetrics().begin(), OperatorMetrics().end());
  return all;
}

TEST(MetricsReference, IsInTheRepositoryAsTheDefinitionsSay) {
  const auto committed = ReadFile(std::filesystem::path(NACELLE_DOCS) / "metrics-reference.md", 1 << 20);
  ASSERT_TRUE(committed) << committed.error().message();
  EXPECT_EQ(*committed, MetricsPage()) << "run build/dev/bin/write-metrics .";
}

TEST(MetricDefinitions, HaveNamesAsPrometheusWantsThem) {
  std::set<std::string_view> names;
  for (const auto& metric : All()) {
    EXPECT_TRUE(names.insert(metric.name).second) << metric.name << " is there twice";
    EXPECT_TRUE(metric.name.starts_with("nacelle_")) << metric.name;
    EXPECT_EQ(metric.name.ends_with("_total"), metric.kind == MetricDefinition::Kind::kCounter) << metric.name;
    EXPECT_TRUE(metric.help.ends_with('.')) << metric.name;
  }
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nacelle {

// One metric: the one place that names and explains it.
struct MetricDefinition {
  enum class Kind { kCounter, kGauge };

  std::string_view name;
  Kind kind = Kind::kCounter;
  std::vector<std::string_view> labels;  // every sample has these
  std::string_view help;
};

// Those of nacelle-agent and those of nacelle-operator.
std::span<const MetricDefinition> AgentMetrics();
std::span<const MetricDefinition> OperatorMetrics();

// docs/metrics-reference.md.
std::string MetricsPage();

}  // namespace nacelle

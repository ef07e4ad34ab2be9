// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <cassert>
#include <mutex>
#include <set>

#include "core/metrics/definitions.h"

namespace nacelle {
namespace {

[[maybe_unused]] bool HasLabels(const MetricDefinition& metric, const Labels& labels) {
  return metric.labels.size() == labels.size() &&
         std::all_of(metric.labels.begin(), metric.labels.end(), [&](std::string_view name) { return labels.contains(std::string(name)); });
}

}  // namespace

struct Metrics::State {
  struct CounterFamily {
    const MetricDefinition* definition = nullptr;
    prometheus::Family<prometheus::Counter>* family = nullptr;
  };
  struct GaugeFamily {
    const MetricDefinition* definition = nullptr;
    prometheus::Family<prometheus::Gauge>* family = nullptr;
    std::set<prometheus::Gauge*> replaced;  // what the last Replace left
  };

  void Declare(const MetricDefinition& metric) {
    const std::string name(metric.name);
    const std::string help(metric.help);
    if (metric.kind == MetricDefinition::Kind::kCounter) {
      counters[metric.name] = {&metric, &prometheus::BuildCounter().Name(name).Help(help).Register(registry)};
    } else {
      gauges[metric.name] = {&metric, &prometheus::BuildGauge().Name(name).Help(help).Register(registry), {}};
    }
  }

  prometheus::Registry registry;
  std::map<std::string_view, CounterFamily> counters;
  std::map<std::string_view, GaugeFamily> gauges;
  // Guards the maps and keeps a Replace whole; the registry has locks of its own.
  mutable std::mutex mutex;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {
  for (const auto& metric : AgentMetrics()) state_->Declare(metric);
  for (const auto& metric : OperatorMetrics()) state_->Declare(metric);
}
Metrics::~Metrics() = default;

void Metrics::Add(std::string_view name, const Labels& labels, double value) {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->counters.find(name);
  assert(it != state_->counters.end() && HasLabels(*it->second.definition, labels));
  it->second.family->Add(labels).Increment(value);
}

void Metrics::Set(std::string_view name, const Labels& labels, double value) {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->gauges.find(name);
  assert(it != state_->gauges.end() && HasLabels(*it->second.definition, labels));
  it->second.family->Add(labels).Set(value);
}

void Metrics::Replace(std::string_view name, const std::vector<Sample>& samples) {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->gauges.find(name);
  assert(it != state_->gauges.end());
  auto& [definition, family, replaced] = it->second;
  std::set<prometheus::Gauge*> kept;
  for (const auto& [labels, value] : samples) {
    assert(HasLabels(*definition, labels));
    auto& gauge = family->Add(labels);
    gauge.Set(value);
    kept.insert(&gauge);
  }
  for (auto* gauge : replaced) {
    if (!kept.contains(gauge)) family->Remove(gauge);
  }
  replaced = std::move(kept);
}

std::string Metrics::Render() const {
  const std::lock_guard lock(state_->mutex);
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace nacelle

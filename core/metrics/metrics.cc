// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <cassert>
#include <functional>
#include <mutex>
#include <set>

namespace nacelle {

struct Metrics::State {
  struct GaugeFamily {
    prometheus::Family<prometheus::Gauge>* family = nullptr;
    std::set<prometheus::Gauge*> replaced;  // what the last Replace left
  };

  prometheus::Registry registry;
  std::map<std::string, prometheus::Family<prometheus::Counter>*, std::less<>> counters;
  std::map<std::string, GaugeFamily, std::less<>> gauges;
  // Guards the maps and keeps a Replace whole; the registry has locks of its own.
  mutable std::mutex mutex;
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::DeclareCounter(const std::string& name, const std::string& help) {
  const std::lock_guard lock(state_->mutex);
  state_->counters[name] = &prometheus::BuildCounter().Name(name).Help(help).Register(state_->registry);
}

void Metrics::DeclareGauge(const std::string& name, const std::string& help) {
  const std::lock_guard lock(state_->mutex);
  state_->gauges[name].family = &prometheus::BuildGauge().Name(name).Help(help).Register(state_->registry);
}

void Metrics::Add(std::string_view name, const Labels& labels, double value) {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->counters.find(name);
  assert(it != state_->counters.end());
  it->second->Add(labels).Increment(value);
}

void Metrics::Set(std::string_view name, const Labels& labels, double value) {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->gauges.find(name);
  assert(it != state_->gauges.end());
  it->second.family->Add(labels).Set(value);
}

void Metrics::Replace(std::string_view name, const std::vector<Sample>& samples) {
  const std::lock_guard lock(state_->mutex);
  const auto it = state_->gauges.find(name);
  assert(it != state_->gauges.end());
  auto& [family, replaced] = it->second;
  std::set<prometheus::Gauge*> kept;
  for (const auto& [labels, value] : samples) {
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

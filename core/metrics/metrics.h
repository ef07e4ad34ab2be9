// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace nacelle {

using Labels = std::map<std::string, std::string>;

// Counters and gauges of this process in Prometheus' text format. Any thread.
// Names follow Prometheus' conventions: nacelle_<what>_<unit>[_total].
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Declares a metric with the help text that /metrics shows; call it once a
  // name, before the first value.
  void DeclareCounter(const std::string& name, const std::string& help);
  void DeclareGauge(const std::string& name, const std::string& help);

  void Add(std::string_view name, const Labels& labels = {}, double value = 1);
  void Set(std::string_view name, const Labels& labels, double value);

  struct Sample {
    Labels labels;
    double value = 0;
  };
  // Replaces all samples of a gauge, so that what is gone leaves no series behind.
  void Replace(std::string_view name, const std::vector<Sample>& samples);

  // What /metrics answers (text format 0.0.4).
  std::string Render() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace nacelle

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
// There are those of core/metrics/definitions.h, with the labels that these name;
// names follow Prometheus' conventions: nacelle_<what>_<unit>[_total].
class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

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

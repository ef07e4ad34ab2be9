// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scan_metrics.h"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

namespace nacelle {
namespace {

constexpr const char* kFunctions = "nacelle_functions";
constexpr const char* kProblems = "nacelle_problems";
constexpr const char* kClients = "nacelle_queue_clients";
constexpr const char* kAvailable = "nacelle_queue_available_instances";
constexpr const char* kContents = "nacelle_function_contents_generation";
constexpr const char* kScans = "nacelle_scans_total";
constexpr const char* kScanSeconds = "nacelle_scan_duration_seconds";
constexpr const char* kUevents = "nacelle_uevents_total";

bool IsHealthy(const Function& function) {
  return function.health.healthy && std::all_of(function.queues.begin(), function.queues.end(),
                                                [](const Queue& queue) { return queue.health.healthy; });
}

}  // namespace

ScanMetrics::ScanMetrics(Metrics& metrics) : metrics_(metrics) {}

void ScanMetrics::CountUevents(std::size_t count) {
  metrics_.Add(kUevents, {}, static_cast<double>(count));
}

void ScanMetrics::NoteScan(std::chrono::duration<double> took) {
  metrics_.Add(kScans);
  metrics_.Set(kScanSeconds, {}, took.count());
}

void ScanMetrics::ShowAvailable(std::map<std::string, int> by_queue) {
  ShowByQueue(kAvailable, std::move(by_queue), available_);
}

void ScanMetrics::ShowClients(std::map<std::string, int> by_queue) {
  ShowByQueue(kClients, std::move(by_queue), clients_);
}

void ScanMetrics::ShowByQueue(const char* metric, std::map<std::string, int> by_queue, std::map<std::string, int>& shown) {
  if (by_queue == shown) return;
  std::vector<Metrics::Sample> samples;
  for (const auto& [queue, count] : by_queue) samples.push_back({{{"queue", queue}}, double(count)});
  metrics_.Replace(metric, samples);
  shown = std::move(by_queue);
}

void ScanMetrics::ShowInventory(const Inventory& inventory) {
  std::map<std::tuple<std::string_view, std::string_view, bool>, double> functions;
  for (const auto& function : inventory.functions) {
    functions[{function.family, function.interface, IsHealthy(function)}] += 1;
  }
  std::vector<Metrics::Sample> samples;
  for (const auto& [key, count] : functions) {
    const auto& [family, interface, healthy] = key;
    samples.push_back({{{"family", std::string(family)},
                        {"interface", std::string(interface)},
                        {"health", healthy ? "healthy" : "unhealthy"}},
                       count});
  }
  metrics_.Replace(kFunctions, samples);
  samples.clear();
  for (const auto& function : inventory.functions) {
    if (function.contents) samples.push_back({{{"function", function.id}}, double(function.contents->generation)});
  }
  metrics_.Replace(kContents, samples);
  metrics_.Set(kProblems, {}, static_cast<double>(inventory.problems.size()));
}

}  // namespace nacelle

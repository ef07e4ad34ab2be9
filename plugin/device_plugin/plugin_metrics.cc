// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/plugin_metrics.h"

#include <algorithm>

namespace nacelle {
namespace {

std::string ResultName(const Status& status) {
  return status ? "ok" : std::string(CodeName(status.error().code()));
}

}  // namespace

PluginMetrics::PluginMetrics(Metrics& metrics) : metrics_(metrics) {}

void PluginMetrics::CountCall(const std::string& call, const std::string& resource, const Status& status,
                              std::chrono::nanoseconds took) {
  const auto name = "nacelle_" + call;
  metrics_.Add(name + "_total", {{"resource", resource}, {"result", ResultName(status)}});
  metrics_.Add(name + "_duration_seconds_total", {{"resource", resource}},
               std::chrono::duration<double>(took).count());
}

void PluginMetrics::CountRegistration(const std::string& resource, const Status& status) {
  metrics_.Add("nacelle_registrations_total", {{"resource", resource}, {"result", ResultName(status)}});
}

void PluginMetrics::CountListMessage(const std::string& resource) {
  metrics_.Add("nacelle_list_messages_total", {{"resource", resource}});
}

void PluginMetrics::CountHolderQuestion(const Status& status) {
  metrics_.Add("nacelle_holder_questions_total", {{"result", ResultName(status)}});
}

void PluginMetrics::ShowGrants(std::size_t count) {
  metrics_.Set("nacelle_grants", {}, static_cast<double>(count));
}

void PluginMetrics::ShowDevices(const std::vector<Listed>& resources) {
  std::vector<Metrics::Sample> samples;
  for (const auto& listed : resources) {
    const auto healthy = std::count_if(listed.devices.begin(), listed.devices.end(),
                                       [](const ListedDevice& device) { return device.health.healthy; });
    const auto all = static_cast<double>(listed.devices.size());
    samples.push_back({{{"resource", listed.resource}, {"health", "healthy"}}, static_cast<double>(healthy)});
    samples.push_back({{{"resource", listed.resource}, {"health", "unhealthy"}}, all - static_cast<double>(healthy)});
  }
  metrics_.Replace("nacelle_offer_devices", samples);
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/metrics/metrics.h"
#include "plugin/device_plugin/listing.h"

namespace nacelle {

// The metrics of the device plugin, by what they mean. Any thread.
class PluginMetrics {
 public:
  // Declares them all in `metrics`.
  explicit PluginMetrics(Metrics& metrics);

  // A call of the kubelet: `call` is "allocate" or "pre_start".
  void CountCall(const std::string& call, const std::string& resource, const Status& status,
                 std::chrono::nanoseconds took);
  void CountRegistration(const std::string& resource, const Status& status);
  void CountListMessage(const std::string& resource);
  void CountHolderQuestion(const Status& status);
  void ShowGrants(std::size_t count);

  struct Listed {
    std::string resource;
    std::vector<ListedDevice> devices;
  };
  void ShowDevices(const std::vector<Listed>& resources);

 private:
  Metrics& metrics_;
};

}  // namespace nacelle

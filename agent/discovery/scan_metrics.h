// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "core/metrics/metrics.h"
#include "core/model/inventory.h"

namespace nacelle {

// The figures that scanning gives, all in one place.
class ScanMetrics {
 public:
  // Declares them; once a process. `metrics` outlives the object.
  explicit ScanMetrics(Metrics& metrics);

  void CountUevents(std::size_t count);
  void NoteScan(std::chrono::duration<double> took);
  void ShowAvailable(std::map<std::string, int> by_queue);
  void ShowClients(std::map<std::string, int> by_queue);
  void ShowInventory(const Inventory& inventory);

 private:
  // Does nothing where `shown` is the same.
  void ShowByQueue(const char* metric, std::map<std::string, int> by_queue, std::map<std::string, int>& shown);

  Metrics& metrics_;
  std::map<std::string, int> available_;  // as shown
  std::map<std::string, int> clients_;    // as shown
};

}  // namespace nacelle

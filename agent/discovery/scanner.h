// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "agent/discovery/fact_reader.h"
#include "agent/discovery/feed.h"
#include "agent/discovery/instance_memory.h"
#include "agent/discovery/scan_metrics.h"
#include "agent/discovery/scan_times.h"
#include "agent/host/uevent_socket.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"

namespace nacelle {

// What outlives the agent of what it has seen of instances.
struct KnownInstances {
  InstanceMemory at_start;
  // Called with each inventory that is not as the one before; may be empty.
  std::function<void(const Inventory&)> keep;
};

// Keeps the feed's inventory equal to the machine: reads it at the start, after
// each uevent that may matter, and on an interval. Runs on one thread.
class Scanner {
 public:
  // The references outlive the scanner. Without `uevents` the interval remains.
  Scanner(FactReader& reader, std::optional<UeventSocket> uevents, InventoryFeed& feed, Metrics& metrics,
          ScannerOptions options, KnownInstances instances = {.at_start = {.machine_is_fresh = true}});

  Status Run(std::stop_token stop);

  // Reads what is suspected to have changed, and publishes when it has.
  void Scan(const Suspects& suspects = {.everything = true});

  // How long ago the last scan ended; since the start when there was none. Any
  // thread.
  std::chrono::milliseconds SinceScan() const;

  // Any thread. New options count from the next scan, which comes at once.
  void SetOptions(const ScannerOptions& options);
  ScannerOptions options() const;

  // Makes Run read the machine again, memory included. Any thread.
  void LookAgain();

 private:
  // Waits until there is something to read again; absent when asked to stop.
  Result<std::optional<Suspects>> WaitForSuspects(const std::stop_token& stop);
  bool HasFpga() const;
  // Adds what the kernel and LookAgain said.
  void TakeReasons(Suspects& suspects);
  // Unless it is the same as `previous`.
  void Publish(Inventory inventory, const Inventory& previous);

  FactReader& reader_;
  const UniqueFd look_again_;  // an eventfd
  std::optional<UeventSocket> uevents_;
  InventoryFeed& feed_;
  ScanMetrics metrics_;
  const KnownInstances instances_;
  mutable std::mutex mutex_;
  ScannerOptions options_;  // guarded by mutex_
  ScanTimes times_;
  std::atomic<std::chrono::steady_clock::time_point> scanned_{std::chrono::steady_clock::now()};
};

}  // namespace nacelle

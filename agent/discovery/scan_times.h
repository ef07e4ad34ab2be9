// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>

#include "agent/discovery/suspects.h"

namespace nacelle {

struct ScannerOptions {
  // How long after the first uevent the scan begins, so that a burst is one.
  std::chrono::milliseconds debounce{5};
  // Without any uevent the machine is read this often.
  std::chrono::milliseconds rescan{30'000};
  // So often the FPGAs of a machine that has any: what they are programmed with
  // changes without a uevent.
  std::chrono::milliseconds rescan_fpga{1'000};
};

// Whose contents change without a uevent.
inline constexpr const char* kFpgaFamily = "fpga";

// When what was read last, and so what is due on its interval. Reading other families, after
// their uevents, puts nothing off.
class ScanTimes {
 public:
  using Time = std::chrono::steady_clock::time_point;

  void Note(const Suspects& read, Time now);

  // What is due at `now`; absent when nothing is.
  std::optional<Suspects> Due(const ScannerOptions& options, bool has_fpga, Time now) const;
  // When something is due next.
  Time Next(const ScannerOptions& options, bool has_fpga) const;

 private:
  Time all_{};   // when everything was read last
  Time fpga_{};  // and when the FPGAs were
};

}  // namespace nacelle

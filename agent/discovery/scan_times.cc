// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/scan_times.h"

#include <algorithm>

namespace nacelle {

void ScanTimes::Note(const Suspects& read, Time now) {
  if (read.everything) all_ = now;
  // Where paths are named, only what they concern was read.
  if (read.everything || (read.families.contains(kFpgaFamily) && read.paths.empty())) fpga_ = now;
}

std::optional<Suspects> ScanTimes::Due(const ScannerOptions& options, bool has_fpga, Time now) const {
  if (now >= all_ + options.rescan) return Suspects{.everything = true};
  if (has_fpga && now >= fpga_ + options.rescan_fpga) return Suspects{.families = {kFpgaFamily}};
  return std::nullopt;
}

ScanTimes::Time ScanTimes::Next(const ScannerOptions& options, bool has_fpga) const {
  const auto all = all_ + options.rescan;
  return has_fpga ? std::min(all, fpga_ + options.rescan_fpga) : all;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace nacelle {

// A process that ends with its object. What it says on stderr goes to `log`.
class Process {
 public:
  Process(std::vector<std::string> words, const std::filesystem::path& log);
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  // A figure of /proc/PID/smaps_rollup, in MB.
  double Memory(const std::string& key) const;
  // CPU time that all of its threads have used.
  std::chrono::nanoseconds CpuTime() const;

 private:
  pid_t pid_ = -1;
};

}  // namespace nacelle

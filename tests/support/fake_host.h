// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <utility>

#include "agent/host/host_root.h"

namespace nacelle {

// A machine's /sys and /dev in a temporary folder, for as long as it lives.
// Contents are files, except "-> TARGET" (a link), "c MAJOR:MINOR" (a device
// node), "! EACCES" (a read error) and "/" (a folder).
class FakeHost {
 public:
  FakeHost(std::initializer_list<std::pair<std::string, std::string>> entries);
  FakeHost(const FakeHost&) = delete;
  FakeHost& operator=(const FakeHost&) = delete;
  ~FakeHost();

  const HostRoot& root() const { return root_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Adds or replaces one entry.
  void Set(const std::string& path, const std::string& contents);
  // Removes what is at `path` and below.
  void Remove(const std::string& path);

 private:
  std::filesystem::path folder_;
  HostRoot root_;
};

}  // namespace nacelle

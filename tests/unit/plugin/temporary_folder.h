// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace nacelle {

// A folder below /tmp for as long as it lives; its name is short.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace nacelle

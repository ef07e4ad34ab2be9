// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

namespace nacelle {

// A file system of 64 KiB (a tmpfs) over an empty folder, until it goes. Needs the right to
// mount: `ok` tells whether it is there.
class SmallDisk {
 public:
  explicit SmallDisk(std::filesystem::path folder);
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool ok() const { return ok_; }
  // Until so many pages of 4 KiB are free. Files can still be created: they have no room.
  void Fill(int free_pages = 0) const;
  void MakeRoom() const;

 private:
  std::filesystem::path folder_;
  bool ok_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/small_disk.h"

#include <sys/mount.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <string>
#include <utility>

namespace nacelle {
namespace {

constexpr std::size_t kPage = 4096;
constexpr const char* kBallast = "ballast";

}  // namespace

SmallDisk::SmallDisk(std::filesystem::path folder)
    : folder_(std::move(folder)), ok_(mount("tmpfs", folder_.c_str(), "tmpfs", 0, "size=64k") == 0) {}

SmallDisk::~SmallDisk() {
  if (ok_) umount2(folder_.c_str(), MNT_DETACH);
}

void SmallDisk::Fill(int free_pages) const {
  const auto free = std::filesystem::space(folder_).available / kPage;
  const auto pages = free - std::min<std::uintmax_t>(free, static_cast<std::uintmax_t>(free_pages));
  std::ofstream(folder_ / kBallast) << std::string(pages * kPage, '.');
}

void SmallDisk::MakeRoom() const { std::filesystem::remove(folder_ / kBallast); }

}  // namespace nacelle

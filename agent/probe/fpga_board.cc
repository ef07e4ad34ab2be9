// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/fpga_board.h"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "agent/probe/device_function.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

Result<std::vector<FpgaPart>> ReadParts(const HostRoot& host, const std::string& folder,
                                        std::vector<Problem>& problems) {
  const auto names = ListFamily(host, folder);
  if (!names) return names.error();
  std::vector<FpgaPart> parts;
  for (const auto& name : *names) {
    const auto path = FollowLink(host, folder + "/" + name);
    if (!path) continue;
    parts.push_back({*path, ReadWord(host, *path + "/state", problems), ReadWord(host, *path + "/status", problems)});
  }
  return parts;
}

// A part of the region's own device, or of one above it.
bool Concerns(const FpgaPart& part, const std::string& region) {
  const auto board = BoardOf(part.path);
  return region == board || region.starts_with(board + "/");
}

Health ManagerHealth(const FpgaPart& manager) {
  static constexpr std::array<std::string_view, 5> kBusy = {"firmware request", "parse header", "write init", "write",
                                                            "write complete"};
  // "unknown" is all that some managers ever say.
  if (manager.state.empty() || manager.state == "operating" || manager.state == "unknown") return {};
  if (std::find(kBusy.begin(), kBusy.end(), manager.state) != kBusy.end()) {
    return {false, reasons::kReconfiguring + std::string(" (") + manager.state + ")"};
  }
  return {false, "not configured: " + manager.state + (manager.status.empty() ? "" : ": " + manager.status)};
}

}  // namespace

std::string BoardOf(const std::string& path) {
  auto end = path.size();
  for (const char* kind : {"/fpga_region/", "/fpga_manager/", "/fpga_bridge/"}) end = std::min(end, path.find(kind));
  return path.substr(0, end);
}

Result<FpgaParts> ReadFpgaParts(const HostRoot& host, std::vector<Problem>& problems) {
  FpgaParts parts;
  auto managers = ReadParts(host, "/sys/class/fpga_manager", problems);
  if (!managers) return std::move(managers).error();
  auto bridges = ReadParts(host, "/sys/class/fpga_bridge", problems);
  if (!bridges) return std::move(bridges).error();
  return FpgaParts{*std::move(managers), *std::move(bridges)};
}

std::string CardOfRegion(const FpgaParts& parts, const std::string& path) {
  for (const auto& manager : parts.managers) {
    if (Concerns(manager, path)) return BoardOf(manager.path);
  }
  return BoardOf(path);
}

Health RegionHealth(const FpgaParts& parts, const std::string& path) {
  const auto board = BoardOf(path);
  bool is_cut_off = false;
  bool has_bridge = false;
  for (const auto& bridge : parts.bridges) {
    if (!Concerns(bridge, path)) continue;
    is_cut_off = is_cut_off || bridge.state == "disabled";
    has_bridge = has_bridge || BoardOf(bridge.path) == board;
  }
  Health health;
  for (const auto& manager : parts.managers) {
    if (!Concerns(manager, path)) continue;
    // The manager of a card programs its other regions, too; the kernel
    // disables the bridges of a region before it programs that one.
    if (has_bridge && !is_cut_off && BoardOf(manager.path) != board) continue;
    if (auto own = ManagerHealth(manager); !own.healthy) MakeUnhealthy(health, std::move(own.reason));
  }
  if (is_cut_off) MakeUnhealthy(health, std::string("its ") + reasons::kBridgeDisabled);
  return health;
}

}  // namespace nacelle

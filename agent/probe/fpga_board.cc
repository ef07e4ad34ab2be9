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

constexpr std::size_t kPhandle = 4;       // bytes
constexpr std::size_t kMaxPhandles = 256;  // bytes; a region has a manager and a few bridges
constexpr const char* kDeviceTree = "/sys/firmware/devicetree/base";

// The node of a device tree that describes the device at `path`; empty without one.
std::string TreeNodeOf(const HostRoot& host, const std::string& path) {
  auto node = FollowLink(host, path + "/of_node");
  return node ? *std::move(node) : std::string();
}

// What went wrong, in one line. The attribute has a line for each error, and is not there
// to be read where the driver has none to tell.
std::string ReadStatus(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  auto status = host.Read(path);
  if (!status && status.error().code() == Code::kNotFound) return "";
  if (!status) problems.push_back({path, status.error().message()});
  std::string line = status ? *std::move(status) : std::string();
  for (std::size_t at = 0; (at = line.find('\n', at)) != std::string::npos; at += 2) line.replace(at, 1, ", ");
  return line;
}

Result<std::vector<FpgaPart>> ReadParts(const HostRoot& host, const std::string& folder,
                                        std::vector<Problem>& problems) {
  const auto names = ListFamily(host, folder);
  if (!names) return names.error();
  std::vector<FpgaPart> parts;
  for (const auto& name : *names) {
    const auto path = FollowLink(host, folder + "/" + name);
    if (!path) continue;
    const auto node = TreeNodeOf(host, BoardOf(*path));
    const auto phandle = node.empty() ? Result<std::string>(std::string()) : host.ReadBytes(node + "/phandle", 0, kPhandle);
    parts.push_back({*path, ReadWord(host, *path + "/state", problems), ReadStatus(host, *path + "/status", problems),
                     phandle ? *phandle : ""});
  }
  return parts;
}

bool IsGiven(const FpgaPart& part, const FpgaRegion& region) {
  return !part.phandle.empty() && region.phandles.contains(part.phandle);
}

}  // namespace

bool Concerns(const FpgaPart& part, const FpgaRegion& region) {
  const auto board = BoardOf(part.path);
  return region.path == board || region.path.starts_with(board + "/") || IsGiven(part, region);
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

// A region below another has the manager of that one.
FpgaRegion ReadFpgaRegion(const HostRoot& host, const std::string& path) {
  FpgaRegion region{path, {}};
  for (auto node = TreeNodeOf(host, BoardOf(path)); node.starts_with(kDeviceTree); node = FolderOf(node)) {
    for (const char* property : {"/fpga-mgr", "/fpga-bridges"}) {
      const auto cells = host.ReadBytes(node + property, 0, kMaxPhandles);
      for (std::size_t i = 0; cells && i + kPhandle <= cells->size(); i += kPhandle) region.phandles.insert(cells->substr(i, kPhandle));
    }
    if (!region.phandles.empty()) break;
  }
  return region;
}

std::string CardOfRegion(const FpgaParts& parts, const FpgaRegion& region) {
  for (const auto& manager : parts.managers) {
    if (Concerns(manager, region)) return BoardOf(manager.path);
  }
  return BoardOf(region.path);
}

Health RegionHealth(const FpgaParts& parts, const FpgaRegion& region) {
  const auto board = BoardOf(region.path);
  bool is_cut_off = false;
  bool has_bridge = false;
  for (const auto& bridge : parts.bridges) {
    if (!Concerns(bridge, region)) continue;
    is_cut_off = is_cut_off || bridge.state == "disabled";
    has_bridge = has_bridge || BoardOf(bridge.path) == board || IsGiven(bridge, region);
  }
  Health health;
  for (const auto& manager : parts.managers) {
    if (!Concerns(manager, region)) continue;
    // The manager of a card programs its other regions, too; the kernel
    // disables the bridges of a region before it programs that one.
    if (has_bridge && !is_cut_off && BoardOf(manager.path) != board) continue;
    if (auto own = ManagerHealth(manager); !own.healthy) MakeUnhealthy(health, std::move(own.reason));
  }
  if (is_cut_off) MakeUnhealthy(health, std::string("its ") + reasons::kBridgeDisabled);
  return health;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/fpga_probe.h"

#include <algorithm>
#include <cerrno>
#include <map>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/dfl_port.h"
#include "agent/probe/fpga_board.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/fpga_region";

class Scanner {
 public:
  Scanner(const HostRoot& host, const HardwareTable& table) : host_(host), table_(table) {}

  Result<Findings> Scan() {
    const auto names = ListFamily(host_, kClass);
    if (!names) return names.error();
    auto parts = ReadFpgaParts(host_, findings_.problems);
    if (!parts) return std::move(parts).error();
    for (const auto& name : *names) {
      const auto path = FollowPresent(host_, std::string(kClass) + "/" + name, findings_.problems);
      if (path && IsNumbered(name, "region")) ReadRegion(*parts, *path);
    }
    for (auto& [board, paths] : plain_) AddPlain(*parts, board, std::move(paths));
    AddLoneManagers(*parts);
    return std::move(findings_);
  }

 private:
  // A DFL card is a region with ports and a management engine; the regions
  // below that engine are what its ports are loaded into.
  void ReadRegion(const FpgaParts& parts, const std::string& path) {
    if (IsOfDflEngine(path)) return;
    const auto names = host_.List(path);
    bool is_dfl = false;
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      is_dfl = is_dfl || name.starts_with("dfl-");
      if (IsNumbered(name, "dfl-fme.")) ReadDflEngine(host_, path + "/" + name, findings_.problems);
      if (IsNumbered(name, "dfl-port.")) AddDflPort(host_, table_, parts, path + "/" + name, findings_);
    }
    if (!is_dfl) plain_[BoardOf(path)].push_back(path);
  }

  // Region numbers are the kernel's own and change; their order on a card does not.
  void AddPlain(const FpgaParts& parts, const std::string& board, std::vector<std::string> paths) {
    std::sort(paths.begin(), paths.end(), [](const std::string& a, const std::string& b) {
      return std::pair(a.size(), a) < std::pair(b.size(), b);
    });
    for (std::size_t i = 0; i < paths.size(); ++i) {
      const auto& region = regions_.emplace_back(ReadFpgaRegion(host_, paths[i]));
      auto function = DescribeDevice(host_, "fpga", board, findings_.problems);
      if (paths.size() > 1) function.id = MakeId("fpga", LastName(board) + "-region" + std::to_string(i));
      if (function.card.empty()) function.card = MakeId("card", LastName(CardOfRegion(parts, region)));
      function.interface = "fpga";
      function.contents = Contents{};
      function.health = RegionHealth(parts, region);
      // What was loaded is gone before what comes is there.
      if (function.health.healthy) ReadContents(paths[i] + "/compat_id", function);
      function.access_note = "no node: what is loaded brings its own driver";
      findings_.functions.push_back(std::move(function));
    }
  }

  // What a manager without a region is loaded with, nothing here can tell or change.
  void AddLoneManagers(const FpgaParts& parts) {
    for (const auto& manager : parts.managers) {
      const bool has_region = std::any_of(regions_.begin(), regions_.end(),
                                          [&](const FpgaRegion& region) { return Concerns(manager, region); });
      if (has_region || IsOfDflEngine(manager.path)) continue;
      auto function = DescribeDevice(host_, "fpga", BoardOf(manager.path), findings_.problems);
      function.interface = "fpga";
      function.contents = Contents{};
      function.health = ManagerHealth(manager);
      function.access_note = "no node: its FPGA manager has no region";
      findings_.functions.push_back(std::move(function));
    }
  }

  // The attribute is there, and reads ENOENT, while nothing is loaded.
  void ReadContents(const std::string& file, Function& function) {
    const auto id = host_.Read(file);
    if (id && IsContentsId(*id)) return DescribeContents(table_, *id, function);
    if (!id && id.error().code() == Code::kNotFound) return;
    if (!id && id.error() == ErrnoError(EBUSY, file)) {
      function.health = {false, reasons::kReconfiguring};
      return;
    }
    const auto message = id ? file + ": no id of contents: '" + id->substr(0, 40) + "'" : id.error().message();
    findings_.problems.push_back({function.id, message});
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  Findings findings_;
  std::map<std::string, std::vector<std::string>> plain_;  // regions without ports, by board
  std::vector<FpgaRegion> regions_;  // the same, read
};

}  // namespace

Result<Findings> FpgaProbe::Scan(const HostRoot& host) const { return Scanner(host, table_).Scan(); }

}  // namespace nacelle

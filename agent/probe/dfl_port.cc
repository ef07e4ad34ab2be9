// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/dfl_port.h"

#include <algorithm>
#include <cerrno>
#include <utility>

#include "agent/probe/device_function.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr std::size_t kIdDigits = 32;
constexpr std::size_t kShortened = 12;

// A port is cut off while it is reconfigured, and stays so where that failed: then the
// manager of its card's engine says what of (drivers/fpga/fpga-region.c).
Health CutOffHealth(const FpgaParts& parts, const std::string& path) {
  for (const auto& manager : parts.managers) {
    if (!IsOfDflEngine(manager.path) || !manager.path.starts_with(FolderOf(path) + "/")) continue;
    auto health = ManagerHealth(manager);
    if (!health.healthy) return health;
  }
  return {false, reasons::kReconfiguring};
}

void ReadAfu(const HostRoot& host, const HardwareTable& table, const FpgaParts& parts, const std::string& path,
             Function& function, std::vector<Problem>& problems) {
  const std::string file = path + "/afu_id";
  const auto id = host.Read(file);
  if (id && IsContentsId(*id)) return DescribeContents(table, *id, function);
  function.interface = "fpga";
  function.by_default = false;
  if (!id && id.error() == ErrnoError(EBUSY, file)) {
    function.health = CutOffHealth(parts, path);
    return;
  }
  const auto message = id ? file + ": no AFU id: '" + id->substr(0, 40) + "'" : id.error().message();
  problems.push_back({function.id, message});
  function.health = {false, message};
}

// Whether a register of errors ("0x0") has any bit set.
bool HasErrors(const std::string& value) { return value.find_first_not_of("0x") != std::string::npos; }

// A port that is powered down, or has seen an error, computes nothing.
void ReadPortHealth(const HostRoot& host, const std::string& path, Function& function,
                    std::vector<Problem>& problems) {
  if (ReadWord(host, path + "/power_state", problems) == "0x6") {
    MakeUnhealthy(function.health, std::string("powered down by ") + reasons::kThermal + " (AP6)");
  }
  const auto errors = ReadWord(host, path + "/errors/errors", problems);
  if (HasErrors(errors)) {
    MakeUnhealthy(function.health, reasons::kPortErrors + errors);
  }
}

}  // namespace

bool IsContentsId(const std::string& id) {
  return id.size() == kIdDigits && id.find_first_not_of("0123456789abcdef") == std::string::npos;
}

void DescribeContents(const HardwareTable& table, const std::string& id, Function& function) {
  function.contents = Contents{id};
  function.interface = "fpga_" + id.substr(0, kShortened);
  function.operations = {"afu:" + id};
  if (const auto* known = FindAfu(table, id)) {
    function.operations.insert(function.operations.end(), known->operations.begin(), known->operations.end());
    std::sort(function.operations.begin(), function.operations.end());
  }
}

bool IsOfDflEngine(const std::string& path) { return path.find("/dfl-fme.") != std::string::npos; }

void ReadDflEngine(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  // Only what is read is there when the machine has been recorded.
  ReadWord(host, path + "/ports_num", problems);
  for (const char* name : {"fme_errors", "pcie0_errors", "pcie1_errors", "catfatal_errors", "nonfatal_errors"}) {
    const std::string file = path + "/errors/" + name;
    if (!host.Exists(file)) continue;
    const auto errors = ReadWord(host, file, problems);
    if (HasErrors(errors)) problems.push_back({file, "the card's management engine reports " + errors});
  }
}

void AddDflPort(const HostRoot& host, const HardwareTable& table, const FpgaParts& parts, const std::string& path,
                Findings& findings) {
  auto& problems = findings.problems;
  auto function = DescribeDevice(host, "fpga", BoardOf(path), problems);
  // One card may have several; their number is the card's own.
  const auto number = ReadWord(host, path + "/id", problems);
  function.id = MakeId("fpga", LastName(function.path) + "-port" + (number.empty() ? "0" : number));
  function.access = IsTranslated(host, function) ? MemoryAccess::kIommu : MemoryAccess::kNone;
  if (function.access == MemoryAccess::kNone) LeaveToPolicyWithoutIommu(function);
  function.api = "dfl";
  function.contents = Contents{};
  ReadAfu(host, table, parts, path, function, problems);
  if (function.health.healthy) ReadPortHealth(host, path, function, problems);
  Queue queue;
  queue.id = function.id;
  AddNode(host, "/dev/" + LastName(path), queue);
  function.queues.push_back(std::move(queue));
  findings.functions.push_back(std::move(function));
}

}  // namespace nacelle

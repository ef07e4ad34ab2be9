// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/zip_probe.h"

#include <utility>

#include "agent/probe/device_function.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kCards = "/sys/class/genwqe";
constexpr const char* kNest = "/sys/class/nx-gzip";

Function Describe(const HostRoot& host, const HardwareTable& table, const std::string& path, std::vector<Problem>& problems) {
  auto function = DescribeDevice(host, "zip", path, problems);
  const auto* known = FindPci(table, function.vendor, function.device);
  function.operations = OperationsOr(known, {"deflate", "gzip", "inflate", "zlib"});
  return function;
}

// "genwqe0_card", by the driver's number.
Status AddCards(const HostRoot& host, const HardwareTable& table, Findings& findings) {
  const auto names = ListFamily(host, kCards);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = FollowToDevice(host, kCards, name, findings.problems);
    if (!path) continue;
    auto function = Describe(host, table, *path, findings.problems);
    function.interface = "genwqe";
    function.access = AccessByMappedBuffers(host, function);
    // "unused", "used" or "error"; the document calls it "state".
    if (ReadWord(host, *path + "/genwqe/" + name + "/status", findings.problems) == "error") function.health = {false, std::string(reasons::kDeviceIs) + "in error"};
    AddOwnQueue(host, function, "/dev/" + name, kCards, name);
    findings.functions.push_back(std::move(function));
  }
  return {};
}

// One device for all engines of the machine; they take a program's own addresses, which
// the nest MMU translates.
Status AddNest(const HostRoot& host, const HardwareTable& table, Findings& findings) {
  const auto names = ListFamily(host, kNest);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = FollowPresent(host, std::string(kNest) + "/" + name, findings.problems);
    if (!path) continue;
    auto function = Describe(host, table, *path, findings.problems);
    function.interface = "nx_gzip";
    function.access = MemoryAccess::kSva;
    AddOwnQueue(host, function, "/dev/crypto/" + name, kNest, name);
    findings.functions.push_back(std::move(function));
  }
  return {};
}

}  // namespace

Result<Findings> ZipProbe::Scan(const HostRoot& host) const {
  Findings findings;
  if (auto status = AddCards(host, table_, findings); !status) return std::move(status).error();
  if (auto status = AddNest(host, table_, findings); !status) return std::move(status).error();
  return findings;
}

}  // namespace nacelle

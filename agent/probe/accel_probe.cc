// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/accel_probe.h"

#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/sva_preflight.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/accel";

// What the class is for is all that is known of a driver that the table does not have.
std::vector<std::string> OperationsOf(const HardwareTable& table, const PciHardware* known, const Function& function) {
  const auto* meaning = FindWord(table, "accel", DriverOrDevice(function));
  return OperationsOr(known, meaning != nullptr ? meaning->operations : std::vector<std::string>{"compute"});
}

void AddQueue(const HostRoot& host, const std::string& name, Function& function) {
  auto& queue = AddOwnQueue(host, function, "/dev/accel/" + name, kClass, name);
  // This driver lets one program in (drivers/accel/habanalabs/common/device.c).
  if (function.driver == "habanalabs") queue.instances = 1;
  // habanalabs' second node, which tells of the device while the first is taken.
  const std::string control = "accel_controlD" + name.substr(std::string_view("accel").size());
  if (!host.Exists(std::string(kClass) + "/" + control)) return;
  AddNode(host, "/dev/accel/" + control, queue);
  AddLink(host, kClass, control, queue);
}

// The device that rocket makes for all its cores (drivers/accel/rocket/rocket_drv.c) has
// neither driver nor IOMMU group: they have, and lie in one place.
void FillFromCores(const HostRoot& host, Function& function, std::vector<Problem>& problems) {
  constexpr const char* kCores = "/sys/bus/platform/drivers/rocket";
  if (!function.driver.empty() || LastName(function.path) != "rknn") return;
  const auto names = host.List(kCores);
  for (const auto& name : names ? *names : std::vector<std::string>()) {
    const auto path = FindLinked(host, kCores, name, problems);
    if (!path) continue;  // a driver's folder holds more than its devices
    const auto core = DescribeDevice(host, "accel", *path, problems);
    const bool is_first = function.driver.empty();
    function.driver = core.driver;
    if (is_first) function.numa = core.numa;
    if (is_first || !IsTranslated(host, core)) function.iommu_group = core.iommu_group;
  }
}

// Whether amdxdna was told to map buffers by a domain of its own, which takes an IOMMU
// (amdxdna_iommu_init in drivers/accel/amdxdna). The parameter is for root to read: one that
// cannot be read is as one that is not set.
bool MapsBuffers(const HostRoot& host, const Function& function) {
  const auto forced = host.ReadOptional("/sys/module/amdxdna/parameters/force_iova");
  return !function.iommu_group.empty() && forced && *forced == "Y";
}

// Only habanalabs has this attribute.
Health ReadStatus(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  auto status = ReadWord(host, path + "/status", problems);
  for (auto& c : status) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (status.empty() || status == "operational") return {};
  return {false, reasons::kDeviceIs + status};
}

}  // namespace

Result<Findings> AccelProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kClass);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!IsNumbered(name, "accel")) continue;
    const auto path = FollowToDevice(host, kClass, name, findings.problems);
    if (!path) continue;
    auto function = DescribeDevice(host, "accel", *path, findings.problems);
    FillFromCores(host, function, findings.problems);
    function.interface = "npu_" + DriverOrDevice(function);
    function.access = AccessByMappedBuffers(host, function);
    const auto* known = FindPci(table_, function.vendor, function.device);
    function.operations = OperationsOf(table_, known, function);
    function.health = ReadStatus(host, *path, findings.problems);
    // This driver binds the opener's address space. Without, open() fails, unless the driver
    // was told to map (force_iova) or to carve memory out for it.
    if (function.driver == "amdxdna" && MapsBuffers(host, function)) {
      function.access = MemoryAccess::kIommu;
    } else if (function.driver == "amdxdna") {
      auto expected = ExpectSva(host, table_, function.driver);
      function.access = MemoryAccess::kSva;
      function.access_note = std::move(expected.note);
      if (!expected.health.healthy) MakeUnhealthy(function.health, std::move(expected.health.reason));
    }
    if (known != nullptr && known->management) {
      function.access_note = "manages the device; programs use its virtual functions";
    } else {
      AddQueue(host, name, function);
    }
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

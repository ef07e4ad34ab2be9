// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/mdev_probe.h"

#include <set>
#include <sstream>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/operations.h"
#include "agent/probe/vfio_group.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/mdev/devices";

// A type's name ("i915-GVTg_V5_4") in the letters of a resource name.
std::string InterfaceOf(const std::string& type) {
  std::string interface = "mdev_" + type;
  for (auto& c : interface) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!letter && !(c >= '0' && c <= '9') && c != '.' && c != '-') c = '_';
  }
  return interface;
}

// The queues that a guest of vfio_ap gets, "0a.0005" a line, compute what their cards do
// (Documentation/arch/s390/vfio-ap.rst).
std::vector<std::string> OperationsOfMatrix(const HostRoot& host, const HardwareTable& table, const std::string& path,
                                            std::vector<Problem>& problems) {
  std::set<std::string> operations;
  std::istringstream queues(ReadWord(host, path + "/matrix", problems));
  for (std::string queue; queues >> queue;) {
    const auto card = "/sys/devices/ap/card" + queue.substr(0, queue.find('.'));
    const auto of_card = OperationsOfApCard(table, ReadWord(host, card + "/type", problems));
    operations.insert(of_card.begin(), of_card.end());
  }
  return {operations.begin(), operations.end()};
}

}  // namespace

Result<Findings> MdevProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  for (const auto& name : *names) {
    const auto path = FollowLink(host, std::string(kBus) + "/" + name);
    if (!path) {
      if (host.Exists(std::string(kBus) + "/" + name)) findings.problems.push_back({name, path.error().message()});
      continue;
    }
    const auto type = host.ReadLink(*path + "/mdev_type");
    const auto kind = type ? LastName(*type) : "unknown";
    if (kind.starts_with("vfio_ccw")) continue;  // a channel to a disk or the like
    auto parent = DescribeDevice(host, "mdev", FolderOf(*path), findings.problems);
    auto function = DescribeDevice(host, "mdev", *path, findings.problems);
    function.vendor = std::move(parent.vendor);
    function.device = std::move(parent.device);
    function.card = std::move(parent.card);
    function.by_default = false;
    function.interface = InterfaceOf(kind);
    const auto* known = FindPci(table_, function.vendor, function.device);
    AddPassthrough(OperationsOr(known, OperationsOfMatrix(host, table_, *path, findings.problems)), function);
    AddVfioQueue(host, function);
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

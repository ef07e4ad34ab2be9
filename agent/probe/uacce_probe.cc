// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/uacce_probe.h"

#include <algorithm>
#include <optional>
#include <iterator>
#include <map>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/parent_device.h"
#include "agent/probe/sva_preflight.h"
#include "agent/probe/uacce_attributes.h"
#include "agent/probe/unchanged.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kClass = "/sys/class/uacce";

// One device, before it has an id.
struct Found {
  std::string name;    // "sw_zip-0"; its index changes when the driver reloads
  std::string parent;  // "sw_zip.0", which does not
  Function function;
  std::optional<int> available;
  std::vector<Problem> problems;
};

std::string WithoutIndex(const std::string& name) {
  const auto dash = name.rfind('-');
  const bool indexed = dash != std::string::npos && dash + 1 < name.size() &&
                       name.find_first_not_of("0123456789", dash + 1) == std::string::npos;
  return indexed ? name.substr(0, dash) : name;
}

// The node that a container would be given, and why it could not use it.
Queue ReadQueue(const HostRoot& host, const std::string& name, const UacceAttributes& attributes) {
  Queue queue;
  if (auto target = host.ReadLink(std::string(kClass) + "/" + name)) {
    queue.links.push_back({kClass, name, *std::move(target)});
  }
  if (!attributes.numbers) return queue;
  DeviceNode expected = *attributes.numbers;
  expected.path = "/dev/" + name;
  const auto node = host.Node(expected.path);
  if (!node) {
    queue.health = {false, node.error().message()};
  } else if (*node != expected) {
    queue.health = {false, expected.path + reasons::kOtherNumbers + kClass + "/" + name + "/dev"};
  }
  queue.nodes.push_back(std::move(expected));
  return queue;
}

Health HealthOf(const UacceAttributes& attributes) {
  if (attributes.isolated) return {false, reasons::kIsolated};
  if (attributes.stopped) return {false, std::string(reasons::kDeviceIs) + "in error (dev_state)"};
  return {attributes.failure.empty(), attributes.failure};
}

// The device at `path` lies in a folder of its class below its parent, unless that is of a
// class itself (get_device_parent in drivers/base/core.c).
Result<std::string> ParentOf(const HostRoot& host, const std::string& path) {
  const auto folder = FolderOf(path);
  const auto parent = FolderOf(folder);
  if (LastName(folder) == "uacce" && parent != "/sys/devices/virtual") return parent;
  auto linked = host.FollowLink(path + "/device");
  if (!linked || linked->starts_with("/sys/devices/")) return linked;
  return Error(Code::kInvalid, path + "/device: leads to " + *linked + ", which is no device");
}

void FillFromParent(const HostRoot& host, const std::string& path, Found& found) {
  const auto above = ParentOf(host, path);
  if (!above) {
    found.parent = "virtual-" + found.name;  // no parent has such a name
    found.function.path = path;
    found.problems.push_back({path, "no parent device, so its id may change: " + above.error().message()});
    return;
  }
  auto parent = ReadParentDevice(host, *above);
  found.parent = parent.name;
  found.function.path = std::move(parent.path);
  found.function.vendor = std::move(parent.vendor);
  found.function.device = std::move(parent.device);
  found.function.driver = std::move(parent.driver);
  found.function.iommu_group = std::move(parent.iommu_group);
  found.function.numa = parent.numa;
  found.function.card = CardOf(host, found.function.path);
  found.problems = std::move(parent.problems);
}

// The flag says what was negotiated; a kernel may be known to refuse it.
void Preflight(SvaPreflight& preflight, Function& function) {
  if (function.access != MemoryAccess::kSva) return;
  const auto& expected = preflight.Expect(function.driver);
  function.access_note = expected.note;
  if (!expected.health.healthy) MakeUnhealthy(function.health, expected.health.reason);
}

// All devices of one scan are read with these.
struct Reading {
  const HostRoot& host;
  const HardwareTable& table;
  SvaPreflight preflight;
};

Found ReadDevice(Reading& reading, const std::string& name, const std::string& path) {
  const auto& host = reading.host;
  Found found;
  found.name = name;
  FillFromParent(host, path, found);
  auto attributes = ReadUacceAttributes(host, reading.table, path);
  auto& function = found.function;
  function.family = "uacce";
  function.interface = WithoutIndex(name);
  function.health = HealthOf(attributes);
  function.queues.push_back(ReadQueue(host, name, attributes));
  function.api = std::move(attributes.api);
  function.operations = std::move(attributes.operations);
  function.access = attributes.access;
  Preflight(reading.preflight, function);
  if (attributes.no_iommu) {
    function.by_default = false;
    function.access_note = std::string(reasons::kNoIommu) + ": a program that is given it can reach all memory";
  }
  found.available = attributes.available;
  std::move(attributes.problems.begin(), attributes.problems.end(), std::back_inserter(found.problems));
  return found;
}

// Absent when the device went away meanwhile: then it is none, not a broken one.
std::optional<Found> TryReadDevice(Reading& reading, const std::string& name, Findings& findings) {
  const auto& host = reading.host;
  const std::string link = std::string(kClass) + "/" + name;
  const auto path = host.FollowLink(link);
  if (!path) {
    if (host.Exists(link)) findings.problems.push_back({link, path.error().message()});
    return std::nullopt;
  }
  auto found = ReadDevice(reading, name, *path);
  if (!host.Exists(link)) return std::nullopt;
  return found;
}

// The kernel numbers uacce devices as they come.
unsigned Minor(const Found& found) {
  const auto& nodes = found.function.queues.front().nodes;
  return nodes.empty() ? 0 : nodes.front().minor;
}

void Add(Found found, std::string id, Findings& findings) {
  auto& queue = found.function.queues.front();
  // All of them are free, as far as one look tells.
  queue.instances = found.available;
  if (found.available) findings.available[id] = *found.available;
  queue.id = id;
  found.function.id = std::move(id);
  findings.functions.push_back(std::move(found.function));
  std::move(found.problems.begin(), found.problems.end(), std::back_inserter(findings.problems));
}

// Devices of one parent, normally one. The one that came first keeps the plain
// id, so that a later one does not change it; the others are told apart by
// interface, and, when that is the same too, by their order.
void AddAll(std::vector<Found> same, const std::string& id, Findings& findings) {
  if (same.size() == 1) return Add(std::move(same.front()), id, findings);
  findings.problems.push_back({id, std::to_string(same.size()) + " devices under one parent"});
  std::sort(same.begin(), same.end(), [](const Found& a, const Found& b) { return Minor(a) < Minor(b); });
  Add(std::move(same.front()), id, findings);
  same.erase(same.begin());
  std::map<std::string, int> times;
  for (auto& found : same) {
    const std::string name = found.parent + "-" + found.function.interface;
    const int nth = times[name]++;
    Add(std::move(found), MakeId("uacce", nth == 0 ? name : name + "-" + std::to_string(nth)), findings);
  }
}

// The device of each name in the class when it was read last. A name that has come to
// lead to another one is among what has changed, by the device that it led to.
std::map<std::string_view, const Function*> FunctionsByName(const Findings& last) {
  std::map<std::string_view, const Function*> functions;
  for (const auto& function : last.functions) {
    for (const auto& link : function.queues.front().links) functions.emplace(link.name, &function);
  }
  return functions;
}

// Without `last`, all of it is read.
Result<Findings> ScanAll(const HostRoot& host, const HardwareTable& table, const Findings* last,
                         const std::vector<std::string>& changed) {
  Findings findings;
  const Unchanged unchanged(last, changed);
  const auto known = last != nullptr ? FunctionsByName(*last) : std::map<std::string_view, const Function*>();
  Reading reading{host, table, SvaPreflight(host, table)};
  const auto names = host.List(kClass);
  if (!names) {
    if (names.error().code() != Code::kNotFound) return names.error();
    if (host.List("/sys/class")) return findings;
    return Error(Code::kUnavailable, "/sys/class: not there; is /sys mounted?");
  }
  std::map<std::string, std::vector<Found>> by_id;
  for (const auto& name : *names) {
    const auto it = known.find(name);
    if (it != known.end() && unchanged.Take(it->second->path, findings)) continue;
    if (auto found = TryReadDevice(reading, name, findings)) {
      auto& same = by_id[MakeId("uacce", found->parent)];
      same.push_back(*std::move(found));
    }
  }
  for (auto& [id, same] : by_id) AddAll(std::move(same), id, findings);
  return findings;
}

}  // namespace

Result<Findings> UacceProbe::Scan(const HostRoot& host) const { return ScanAll(host, table_, nullptr, {}); }

Result<Findings> UacceProbe::Rescan(const HostRoot& host, const Findings& last,
                                    const std::vector<std::string>& changed) const {
  return ScanAll(host, table_, &last, changed);
}

}  // namespace nacelle

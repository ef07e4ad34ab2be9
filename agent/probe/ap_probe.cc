// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/ap_probe.h"

#include <algorithm>
#include <utility>

#include "agent/probe/device_function.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/ap/devices";

// What a library speaks to a card in the mode that its type ends in.
std::string InterfaceOf(char mode) {
  switch (mode) {
    case 'A': return "ap_accelerator";
    case 'C': return "ap_cca";
    case 'P': return "ap_ep11";
    default: return "ap";
  }
}

// Cards and queues have these in common.
Health ReadHealth(const HostRoot& host, const std::string& path, std::vector<Problem>& problems) {
  if (ReadWord(host, path + "/chkstop", problems) == "1") return {false, "checkstopped"};
  if (ReadWord(host, path + "/config", problems) == "0") return {false, "deconfigured"};
  if (ReadWord(host, path + "/online", problems) == "0") return {false, "set offline"};
  return {};
}

// "card0a" has the queues "0a.0005".
Function ReadCard(const HostRoot& host, const HardwareTable& table, const std::string& path,
                  std::vector<Problem>& problems) {
  auto function = DescribeDevice(host, "ap", path, problems);
  const auto type = ReadWord(host, path + "/type", problems);
  function.api = type;
  function.interface = InterfaceOf(type.empty() ? ' ' : type.back());
  if (!type.empty()) {
    const auto* meaning = FindWord(table, "ap", type.substr(type.size() - 1));
    if (meaning != nullptr) function.operations = meaning->operations;
  }
  function.card = function.id;
  function.by_default = false;
  function.access = MemoryAccess::kNone;
  function.access_note = "/dev/z90crypt reaches every AP queue of the machine";
  function.health = ReadHealth(host, path, problems);
  return function;
}

void AddQueues(const HostRoot& host, const std::vector<std::string>& names, const std::string& card,
               Function& function, std::vector<Problem>& problems) {
  const auto prefix = card.substr(std::string_view("card").size()) + ".";
  for (const auto& name : names) {
    if (!name.starts_with(prefix)) continue;
    const auto path = FollowLink(host, std::string(kBus) + "/" + name);
    if (!path) continue;
    const auto driver = host.ReadLink(*path + "/driver");
    if (driver && LastName(*driver) == "vfio_ap") continue;
    Queue queue;
    queue.id = MakeId("ap", name);
    queue.health = ReadHealth(host, *path, problems);
    if (!driver) MakeUnhealthy(queue.health, reasons::kNoDriver);
    AddNode(host, "/dev/z90crypt", queue);
    queue.nodes.back().common = true;
    function.queues.push_back(std::move(queue));
  }
}

}  // namespace

Result<Findings> ApProbe::Scan(const HostRoot& host) const {
  Findings findings;
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!name.starts_with("card")) continue;
    const auto path = FollowLink(host, std::string(kBus) + "/" + name);
    if (!path) continue;
    auto function = ReadCard(host, table_, *path, findings.problems);
    AddQueues(host, *names, name, function, findings.problems);
    if (function.queues.empty()) function.access_note = "no queue of it is this machine's own";
    findings.functions.push_back(std::move(function));
  }
  return findings;
}

}  // namespace nacelle

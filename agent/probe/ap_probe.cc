// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/ap_probe.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <string_view>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/operations.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/ap/devices";
constexpr const char* kNodes = "/sys/class/zcrypt";

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
  function.operations = OperationsOfApCard(table, type);
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

// Whether `mask`, "0x" and 64 hex digits, has the adapter: the first bit is adapter 0.
bool HasAdapter(const std::string& mask, int adapter) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto at = static_cast<std::size_t>(2 + adapter / 4);
  if (mask.size() != 66 || !mask.starts_with("0x")) return false;
  const auto digit = kDigits.find(mask[at]);
  return digit != std::string_view::npos && (digit & (8U >> (adapter % 4))) != 0;
}

// Of "/sys/devices/ap/card0a".
int AdapterOf(const Function& card) {
  const auto digits = LastName(card.path).substr(std::string_view("card").size());
  int adapter = -1;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), adapter, 16);
  return error == std::errc{} && end == digits.data() + digits.size() && adapter <= 255 ? adapter : -1;
}

// A node of somebody's own, which computes what the adapters of its mask do.
Function DescribeNode(const HostRoot& host, const std::string& name, const std::string& path,
                      const SharedList<Function>& cards, std::vector<Problem>& problems) {
  auto function = DescribeDevice(host, "ap", path, problems);
  function.id = MakeId("ap", "node-" + name);
  function.interface = "ap_node";
  function.by_default = false;
  function.access = MemoryAccess::kNone;
  function.access_note = "reaches the adapters and domains of its masks (apmask, aqmask)";
  const auto mask = ReadWord(host, path + "/apmask", problems);
  std::set<std::string> operations;
  for (const auto& card : cards) {
    const int adapter = AdapterOf(card);
    if (adapter < 0 || card.queues.empty() || !HasAdapter(mask, adapter)) continue;
    operations.insert(card.operations.begin(), card.operations.end());
  }
  function.operations.assign(operations.begin(), operations.end());
  if (operations.empty()) function.health = {false, "no adapter of its apmask is here"};
  return function;
}

Status AddNodes(const HostRoot& host, Findings& findings) {
  const auto names = ListFamily(host, kNodes);
  if (!names) return names.error();
  const auto cards = findings.functions;
  for (const auto& name : *names) {
    if (name == "create" || name == "destroy") continue;
    const auto path = FollowPresent(host, std::string(kNodes) + "/" + name, findings.problems);
    if (!path) continue;
    auto function = DescribeNode(host, name, *path, cards, findings.problems);
    AddOwnQueue(host, function, "/dev/" + name, kNodes, name);
    findings.functions.push_back(std::move(function));
  }
  return {};
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
  if (auto status = AddNodes(host, findings); !status) return std::move(status).error();
  return findings;
}

}  // namespace nacelle

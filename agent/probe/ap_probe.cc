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

// Whether `mask`, "0x" and 64 hex digits, has the adapter or domain that `number` is in hex
// digits: the first bit is that of 0.
bool Admits(const std::string& mask, const std::string& number) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  unsigned bit = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), bit, 16);
  if (error != std::errc{} || end != number.data() + number.size() || bit > 255) return false;
  if (mask.size() != 66 || !mask.starts_with("0x")) return false;
  const auto digit = kDigits.find(mask[2 + bit / 4]);
  return digit != std::string_view::npos && (digit & (8U >> (bit % 4))) != 0;
}

// What a node reaches, as zcrypt_check_card and zcrypt_check_queue (drivers/s390/crypto/zcrypt_api.c)
// let it.
struct Reach {
  bool has_adapter = false;
  bool has_domain = false;
  bool is_usable = false;
  std::set<std::string> operations;         // of all that its masks admit
  std::set<std::string> usable_operations;  // of what is in use
  std::string reason;                       // why the first of the others is not
};

Reach FindReach(const SharedList<Function>& cards, const std::string& adapters, const std::string& domains) {
  Reach reach;
  for (const auto& card : cards) {
    const auto adapter = LastName(card.path).substr(std::string_view("card").size());
    if (card.queues.empty() || !Admits(adapters, adapter)) continue;
    reach.has_adapter = true;
    for (const auto& queue : card.queues) {
      if (!Admits(domains, queue.id.substr(queue.id.rfind('-') + 1))) continue;
      const auto& health = card.health.healthy ? queue.health : card.health;
      reach.has_domain = true;
      reach.is_usable = reach.is_usable || health.healthy;
      reach.operations.insert(card.operations.begin(), card.operations.end());
      if (health.healthy) reach.usable_operations.insert(card.operations.begin(), card.operations.end());
      if (!health.healthy && reach.reason.empty()) reach.reason = queue.id + " is " + health.reason;
    }
  }
  return reach;
}

Health HealthOf(const Reach& reach) {
  if (!reach.has_adapter) return {false, "no adapter of its apmask is here"};
  if (!reach.has_domain) return {false, "no domain of its aqmask is here"};
  if (!reach.is_usable) return {false, "nothing that its masks admit is in use: " + reach.reason};
  return {};
}

// A node of somebody's own, which computes what the adapters of its masks do.
Function DescribeNode(const HostRoot& host, const std::string& name, const std::string& path,
                      const SharedList<Function>& cards, std::vector<Problem>& problems) {
  auto function = DescribeDevice(host, "ap", path, problems);
  function.id = MakeId("ap", "node-" + name);
  function.interface = "ap_node";
  function.by_default = false;
  function.access = MemoryAccess::kNone;
  function.access_note = "reaches the adapters and domains of its masks (apmask, aqmask)";
  const auto adapters = ReadWord(host, path + "/apmask", problems);
  const auto reach = FindReach(cards, adapters, ReadWord(host, path + "/aqmask", problems));
  function.health = HealthOf(reach);
  const auto& operations = function.health.healthy ? reach.usable_operations : reach.operations;
  function.operations.assign(operations.begin(), operations.end());
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

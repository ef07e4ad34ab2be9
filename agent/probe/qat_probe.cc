// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/qat_probe.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <sstream>
#include <string_view>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/unchanged.h"
#include "agent/probe/vfio_group.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kDrivers = "/sys/bus/pci/drivers/";
constexpr std::array<const char*, 8> kPhysical = {"200xx", "420xx", "4xxx", "6xxx", "c3xxx", "c6xx", "d15xx", "dh895xcc"};
constexpr std::array<const char*, 2> kVfio = {"qat_vfio_pci", "vfio-pci"};

// What a physical function says for itself and its virtual functions.
struct Device {
  std::set<std::string> services;
  Health health;
  bool is_as_before = false;
};

std::string InterfaceOf(const Device& device) {
  std::string interface = "qat";
  for (const auto& service : device.services) interface += "_" + service;
  return interface;
}

// Cards to which something came, or of which something changed or went; absent: it may
// have been any.
using Cards = std::optional<std::set<std::string>>;

Cards CardsAt(const HostRoot& host, const Unchanged& unchanged, const std::vector<std::string>& changed) {
  std::set<std::string> cards;
  for (const auto& path : changed) {
    const auto* known = unchanged.Last(path);
    if (known != nullptr) cards.insert(known->card);
    else if (!host.Exists(path)) return std::nullopt;
    for (auto at = path; at.size() > std::string_view("/sys/devices").size(); at = FolderOf(at)) cards.insert(CardOf(host, at));
  }
  return cards;
}

class Scanner {
 public:
  Scanner(const HostRoot& host, const HardwareTable& table, const Unchanged& unchanged, Cards touched)
      : host_(host), table_(table), unchanged_(unchanged), touched_(std::move(touched)) {}

  Result<Findings> Scan() {
    for (const auto* driver : kPhysical) {
      const auto paths = DevicesOf(driver);
      if (!paths) return paths.error();
      for (const auto& path : *paths) ReadPhysical(path, driver);
    }
    for (const auto* driver : kVfio) {
      const auto paths = DevicesOf(driver);
      if (!paths) return paths.error();
      for (const auto& path : *paths) ReadLone(path);
    }
    return std::move(findings_);
  }

 private:
  Result<std::vector<std::string>> DevicesOf(const std::string& driver) {
    const auto names = ListFamily(host_, kDrivers + driver);
    if (!names) return names.error();
    std::vector<std::string> paths;
    for (const auto& name : *names) {
      if (name.find(':') == std::string::npos) continue;  // bind, new_id, module
      if (seen_.contains(name) || unchanged_.WasNone(name)) continue;
      auto path = FindLinked(host_, kDrivers + driver, name, findings_.problems);
      if (path) paths.push_back(*std::move(path));
    }
    return paths;
  }

  // With its virtual functions, which are beside it in the tree, not below.
  void ReadPhysical(const std::string& path, const std::string& driver) {
    const auto device = ReadDevice(path, driver);
    if (device.is_as_before && TakeCard(*unchanged_.Last(path))) return;
    auto function = DescribeDevice(host_, "qat", path, findings_.problems);
    int virtual_functions = 0;
    const auto names = host_.List(path);
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      if (IsNumbered(name, "virtfn") && ReadVirtual(path + "/" + name, device)) ++virtual_functions;
    }
    function.access_note = virtual_functions > 0
                               ? "serves the kernel; containers get its virtual functions"
                               : "serves the kernel only: " + std::string(reasons::kNoVirtualFunctions) + " (sriov_numvfs)";
    Add(std::move(function), device);
  }

  // Where the card has another physical function, that has a word on it, too.
  bool TakeCard(const Function& physical) {
    Findings taken;
    if (!touched_ || touched_->contains(physical.card) || !unchanged_.TakeCard(physical.card, taken)) return false;
    const auto& all = std::as_const(taken.functions);
    if (std::count_if(all.begin(), all.end(), [&](const auto& one) { return one.driver == physical.driver; }) != 1) return false;
    for (std::size_t i = 0; i < all.size(); ++i) {
      seen_.insert(LastName(all[i].path));
      findings_.functions.push_back(all.shared(i));
    }
    findings_.available.merge(taken.available);
    findings_.clients.merge(taken.clients);
    return true;
  }

  Device ReadDevice(const std::string& path, const std::string& driver) {
    Device device;
    const auto state = ReadWord(host_, path + "/qat/state", findings_.problems);
    if (state == "down") device.health = {false, std::string(reasons::kDeviceIs) + "down"};
    std::istringstream words(ReadWord(host_, path + "/qat/cfg_services", findings_.problems));
    for (std::string word; std::getline(words, word, ';');) device.services.insert(word);
    // Only root may look below debugfs, so what cannot be read says nothing.
    const auto beat = host_.Read("/sys/kernel/debug/qat_" + driver + "_" + LastName(path) + "/heartbeat/status");
    if (beat && *beat == "-1") MakeUnhealthy(device.health, std::string("heartbeat: ") + reasons::kNoAnswer);
    const auto* last = unchanged_.Last(path);
    device.is_as_before = last != nullptr && last->interface == InterfaceOf(device) && last->health == device.health;
    return device;
  }

  // Whether there is one; shown is only what a driver holds.
  bool ReadVirtual(const std::string& link, const Device& device) {
    const auto path = FollowLink(host_, link);
    if (!path) return false;
    seen_.insert(LastName(*path));
    if (device.is_as_before && unchanged_.Take(*path, findings_)) return true;
    auto function = DescribeDevice(host_, "qat", *path, findings_.problems);
    if (function.driver.empty()) return true;
    AddQueue(function);
    Add(std::move(function), device);
    return true;
  }

  // Held by vfio, with its physical function out of sight (in a guest), or
  // being one itself.
  void ReadLone(const std::string& path) {
    if (unchanged_.Take(path, findings_)) return;
    std::vector<Problem> problems;
    auto function = DescribeDevice(host_, "qat", path, problems);
    const auto* known = FindPci(table_, function.vendor, function.device);
    if (known == nullptr || known->family != "qat") return;
    findings_.problems.insert(findings_.problems.end(), problems.begin(), problems.end());
    AddQueue(function);
    Add(std::move(function), {});
  }

  void AddQueue(Function& function) {
    if (!IsVfioDriver(function.driver)) {
      function.access_note = HeldForKernel(function, FindPci(table_, function.vendor, function.device));
      return;
    }
    AddVfioQueue(host_, function);
    // Without it QATlib asks a daemon that no container has.
    function.queues.back().environment = {{"QAT_POLICY", "1"}};
  }

  void Add(Function function, const Device& device) {
    function.interface = InterfaceOf(device);
    function.health = device.health;
    std::set<std::string> operations;
    for (const auto& service : device.services) {
      const auto* meaning = FindWord(table_, "qat", service);
      if (meaning != nullptr) operations.insert(meaning->operations.begin(), meaning->operations.end());
    }
    const auto* known = FindPci(table_, function.vendor, function.device);
    if (device.services.empty() && known != nullptr) {
      operations.insert(known->operations.begin(), known->operations.end());
    }
    function.operations.assign(operations.begin(), operations.end());
    // In a guest the services are out of sight.
    if (operations.empty() && !function.queues.empty()) AddPassthrough({}, function);
    findings_.functions.push_back(std::move(function));
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  const Unchanged& unchanged_;
  const Cards touched_;
  Findings findings_;
  std::set<std::string> seen_;  // names of the virtual functions of a physical one
};

}  // namespace

Result<Findings> QatProbe::Scan(const HostRoot& host) const {
  return Scanner(host, table_, Unchanged(nullptr, {}), std::nullopt).Scan();
}

// What a physical function says of itself is read again each time: not all of it is told
// by events.
Result<Findings> QatProbe::Rescan(const HostRoot& host, const Findings& last,
                                  const std::vector<std::string>& changed) const {
  const auto all = WithGroups(host, changed);
  const Unchanged unchanged(&last, all);
  return Scanner(host, table_, unchanged, CardsAt(host, unchanged, all)).Scan();
}

}  // namespace nacelle

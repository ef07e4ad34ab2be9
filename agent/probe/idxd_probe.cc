// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/idxd_probe.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "agent/probe/device_function.h"
#include "agent/probe/operation_mask.h"
#include "agent/probe/sva_preflight.h"
#include "agent/probe/unchanged.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr const char* kBus = "/sys/bus/dsa/devices";
constexpr const char* kNoPasid = "no PASID: user queues need VT-d scalable mode (intel_iommu=on,sm_on)";

// One device with its queues, "dsa0" or "iax1".
class Device {
 public:
  Device(const HostRoot& host, const HardwareTable& table, SvaPreflight& preflight, const std::string& name,
         const std::string& path, Findings& findings)
      : host_(host), table_(table), preflight_(preflight), path_(path), name_(name), findings_(findings) {}

  void Read() {
    ReadSelf();
    const auto names = host_.List(path_);
    const std::string prefix = "wq" + name_.substr(3) + ".";
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      if (name.starts_with(prefix)) ReadQueue(name, name.substr(prefix.size()));
    }
    if (functions_.empty() || !kernels_.empty()) AddBare();
    for (auto& [mode, function] : functions_) Finish(mode, std::move(function));
  }

 private:
  bool is_iaa() const { return name_.starts_with("iax"); }
  std::string kind() const { return is_iaa() ? "iaa" : "dsa"; }
  std::string File(const std::string& attribute) const { return path_ + "/" + attribute; }
  std::string Word(const std::string& path) { return ReadWord(host_, path, findings_.problems); }

  void ReadSelf() {
    base_ = DescribeDevice(host_, "idxd", FolderOf(path_), findings_.problems);
    base_.api = kind() + "-" + Word(File("version"));
    base_.interface = kind();
    if (const auto mask = ReadMask(File("op_cap"))) operations_ = *mask;
    const auto state = Word(File("state"));
    if (state != "enabled") base_.health = {false, reasons::kDeviceIs + (state.empty() ? "in no known state" : state)};
    pasid_ = Word(File("pasid_enabled")) == "1";
    base_.access = pasid_ ? MemoryAccess::kSva : MemoryAccess::kNone;
    base_.access_note = pasid_ ? "" : kNoPasid;
    if (pasid_) {
      const auto& expected = preflight_.Expect(base_.driver);
      sva_ = expected.health;
      base_.access_note = expected.note;
    }
    const auto* known = FindPci(table_, base_.vendor, base_.device);
    if (known == nullptr || known->note.empty()) return;
    base_.access_note += (base_.access_note.empty() ? "" : "; ") + known->note;
  }

  // What a mask allows, by name; absent when there is no such attribute.
  std::optional<std::set<std::string>> ReadMask(const std::string& path) {
    const auto text = Word(path);
    if (text.empty()) return std::nullopt;
    const auto bits = ParseOperationMask(text);
    if (!bits) {
      findings_.problems.push_back({path, bits.error().message()});
      return std::nullopt;
    }
    std::set<std::string> operations;
    for (const int bit : *bits) {
      const auto* meaning = FindWord(table_, kind(), std::to_string(bit));
      if (meaning != nullptr) operations.insert(meaning->operations.begin(), meaning->operations.end());
    }
    return operations;
  }

  void ReadQueue(const std::string& name, const std::string& index) {
    const std::string path = File(name);
    const auto type = Word(path + "/type");
    if (type == "kernel") {
      kernels_ += (kernels_.empty() ? "" : ", ") + ("wq" + index) + " (" + Word(path + "/driver_name") + ")";
    }
    if (type != "user") return;
    const auto mode = Word(path + "/mode");
    auto [entry, is_new] = functions_.try_emplace(mode, base_);
    auto& allowed = allowed_[mode];
    if (is_new) allowed = operations_;
    if (const auto mask = ReadMask(path + "/op_config")) Narrow(allowed, *mask);
    entry->second.queues.push_back(MakeQueue(name, index, path));
  }

  static void Narrow(std::set<std::string>& allowed, const std::set<std::string>& mask) {
    std::erase_if(allowed, [&](const std::string& word) { return !mask.contains(word); });
  }

  Queue MakeQueue(const std::string& name, const std::string& index, const std::string& path) {
    Queue queue;
    queue.id = MakeId("idxd", LastName(base_.path) + "-wq" + index);
    const auto state = Word(path + "/state");
    if (state != "enabled") queue.health = {false, reasons::kQueueIs + (state.empty() ? "in no known state" : state)};
    if (!pasid_) MakeUnhealthy(queue.health, kNoPasid);
    if (!sva_.healthy) MakeUnhealthy(queue.health, sva_.reason);
    AddNode(host_, (is_iaa() ? "/dev/iax/" : "/dev/dsa/") + name, queue);
    AddLink(host_, kBus, name_, queue);
    AddLink(host_, kBus, name, queue);
    return queue;
  }

  void AddBare() {
    auto function = base_;
    function.operations.assign(operations_.begin(), operations_.end());
    function.access_note = kernels_.empty() ? std::string(reasons::kNoUserQueue) + " (accel-config)"
                                            : reasons::kUsedByKernel + kernels_;
    findings_.functions.push_back(std::move(function));
  }

  void Finish(const std::string& mode, Function function) {
    function.id = MakeId("idxd", LastName(base_.path) + "-" + mode);
    function.interface = kind() + "_" + mode;
    const auto& allowed = allowed_[mode];
    function.operations.assign(allowed.begin(), allowed.end());
    std::sort(function.queues.begin(), function.queues.end(), [](auto& a, auto& b) { return a.id < b.id; });
    findings_.functions.push_back(std::move(function));
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  SvaPreflight& preflight_;
  std::string path_;
  std::string name_;
  Findings& findings_;
  Function base_;
  std::set<std::string> operations_;
  bool pasid_ = false;
  Health sva_;
  std::string kernels_;                                  // queues that the kernel uses
  std::map<std::string, Function> functions_;            // by mode
  std::map<std::string, std::set<std::string>> allowed_;  // operations, by mode
};

Result<Findings> ScanAll(const HostRoot& host, const HardwareTable& table, const Unchanged& unchanged) {
  Findings findings;
  SvaPreflight preflight(host, table);
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!IsNumbered(name, "dsa") && !IsNumbered(name, "iax")) continue;
    const auto path = FollowLink(host, std::string(kBus) + "/" + name);
    if (path && unchanged.Take(FolderOf(*path), findings)) continue;
    if (path) {
      Device(host, table, preflight, name, *path, findings).Read();
    } else if (host.Exists(std::string(kBus) + "/" + name)) {
      findings.problems.push_back({std::string(kBus) + "/" + name, path.error().message()});
    }
  }
  return findings;
}

}  // namespace

Result<Findings> IdxdProbe::Scan(const HostRoot& host) const { return ScanAll(host, table_, Unchanged(nullptr, {})); }

Result<Findings> IdxdProbe::Rescan(const HostRoot& host, const Findings& last,
                                   const std::vector<std::string>& changed) const {
  return ScanAll(host, table_, Unchanged(&last, changed));
}

}  // namespace nacelle

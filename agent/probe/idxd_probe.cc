// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/idxd_probe.h"

#include <algorithm>
#include <array>
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
constexpr const char* kShared = "shared";
constexpr const char* kDedicated = "dedicated";
constexpr const char* kNoEnqcmd = "no ENQCMD, by which programs submit to a shared queue: the processor or the kernel lacks it";
// Of a queue, what is set when it is configured and says how much fits into it.
constexpr std::array kFigures = {"group_id", "max_batch_size", "max_transfer_size", "priority", "size", "threshold"};
constexpr const char* kNoPasid = "no PASID: user queues need VT-d scalable mode (intel_iommu=on,sm_on)";

// Whether the processors have ENQCMD; absent where the kernel does not tell. The
// flags of the first stand for all: the kernel wants them alike.
std::optional<bool> HasEnqcmd(const HostRoot& host) {
  const auto text = host.ReadBytes("/proc/cpuinfo", 0, 8192);
  if (!text) return std::nullopt;
  const auto lines = "\n" + *text;
  const auto begin = lines.find("\nflags");
  const auto end = begin != std::string::npos ? lines.find('\n', begin + 1) : begin;
  if (end == std::string::npos) return std::nullopt;
  return (lines.substr(begin, end - begin) + ' ').find(" enqcmd ") != std::string::npos;
}

// What all devices of the machine have in common.
struct Machine {
  std::optional<bool> has_enqcmd;
  bool enabled_proves_pasid = true;  // see Device::HasEnabledUserQueue
  SvaPreflight preflight;
};

// One device with its queues, "dsa0" or "iax1".
class Device {
 public:
  Device(const HostRoot& host, const HardwareTable& table, Machine& machine, const std::string& name,
         const std::string& path, Findings& findings)
      : host_(host), table_(table), machine_(machine), path_(path), name_(name), findings_(findings) {}

  void Read() {
    ReadSelf();
    const auto names = host_.List(path_);
    const std::string prefix = "wq" + name_.substr(3) + ".";
    for (const auto& name : names ? *names : std::vector<std::string>()) {
      if (name.starts_with(prefix)) ReadQueue(name, name.substr(prefix.size()));
    }
    if (functions_.empty() || !kernels_.empty()) AddBare();
    for (auto& [configured, function] : functions_) Finish(configured, std::move(function));
  }

 private:
  // What tells queues of one device apart for those who ask for them.
  struct Configured {
    std::string mode;
    std::set<std::string> operations;

    auto operator<=>(const Configured&) const = default;
  };

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
    pasid_ = Word(File("pasid_enabled")) == "1" || (machine_.enabled_proves_pasid && HasEnabledUserQueue());
    base_.access = pasid_ ? MemoryAccess::kSva : MemoryAccess::kNone;
    base_.access_note = pasid_ ? "" : kNoPasid;
    if (pasid_) {
      const auto& expected = machine_.preflight.Expect(base_.driver);
      sva_ = expected.health;
      base_.access_note = expected.note;
    }
    const auto* known = FindPci(table_, base_.vendor, base_.device);
    if (known == nullptr || known->note.empty()) return;
    base_.access_note += (base_.access_note.empty() ? "" : "; ") + known->note;
  }

  // Since 6.1 the driver enables a user queue only where programs have PASIDs
  // (idxd_user_drv_probe in drivers/dma/idxd/cdev.c), while since 6.2 pasid_enabled may tell
  // of the kernel's own, which it does not use.
  bool HasEnabledUserQueue() {
    const auto names = host_.List(path_);
    return names && std::any_of(names->begin(), names->end(), [&](const auto& name) {
      return name.starts_with("wq") && Word(File(name + "/type")) == "user" && Word(File(name + "/state")) == "enabled";
    });
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
    const auto state = Word(path + "/state");
    auto& function = FunctionOf({mode, AllowedBy(path + "/op_config", state)}, index);
    auto queue = MakeQueue(name, index, state);
    CheckMode(mode, queue);
    ReadFigures(path, queue);
    ReadClients(path, queue.id);
    function.queues.push_back(std::move(queue));
  }

  void CheckMode(const std::string& mode, Queue& queue) const {
    if (mode == kDedicated) queue.instances = 1;  // the second open fails with EBUSY
    if (mode == kShared && machine_.has_enqcmd == false) MakeUnhealthy(queue.health, kNoEnqcmd);
  }

  void ReadFigures(const std::string& path, Queue& queue) {
    for (const auto* name : kFigures) {
      const auto figure = host_.ReadNumber(path + "/" + name);
      if (!figure) findings_.problems.push_back({path + "/" + name, figure.error().message()});
      else if (*figure) queue.figures[name] = **figure;
    }
  }

  void ReadClients(const std::string& path, const std::string& queue) {
    const auto clients = host_.ReadNumber(path + "/clients");
    if (!clients) findings_.problems.push_back({path + "/clients", clients.error().message()});
    else if (*clients) findings_.clients[queue] = static_cast<int>(std::clamp(**clients, 0LL, 1LL << 30));
  }

  // Of a queue that is not enabled the mask says what it was, or may be, configured for.
  std::set<std::string> AllowedBy(const std::string& path, const std::string& state) {
    const auto mask = ReadMask(path);
    auto allowed = operations_;
    if (!mask || state != "enabled") return allowed;
    std::erase_if(allowed, [&](const std::string& word) { return !mask->contains(word); });
    return allowed;
  }

  // The one whose queues are configured so. The first of a mode is named by the mode
  // alone, any other by its first queue, too.
  Function& FunctionOf(const Configured& configured, const std::string& index) {
    const auto [it, is_new] = functions_.try_emplace(configured, base_);
    if (!is_new) return it->second;
    const bool is_first = modes_.insert(configured.mode).second;
    it->second.id = MakeId("idxd", LastName(base_.path) + "-" + configured.mode + (is_first ? "" : "-wq" + index));
    return it->second;
  }

  Queue MakeQueue(const std::string& name, const std::string& index, const std::string& state) {
    Queue queue;
    queue.id = MakeId("idxd", LastName(base_.path) + "-wq" + index);
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

  void Finish(const Configured& configured, Function function) {
    function.interface = kind() + "_" + configured.mode;
    function.operations.assign(configured.operations.begin(), configured.operations.end());
    std::sort(function.queues.begin(), function.queues.end(), [](auto& a, auto& b) { return a.id < b.id; });
    findings_.functions.push_back(std::move(function));
  }

  const HostRoot& host_;
  const HardwareTable& table_;
  Machine& machine_;
  std::string path_;
  std::string name_;
  Findings& findings_;
  Function base_;
  std::set<std::string> operations_;
  bool pasid_ = false;
  Health sva_;
  std::string kernels_;                                  // queues that the kernel uses
  std::map<Configured, Function> functions_;
  std::set<std::string> modes_;
};

Result<Findings> ScanAll(const HostRoot& host, const HardwareTable& table, const Unchanged& unchanged) {
  Findings findings;
  const auto names = ListFamily(host, kBus);
  if (!names) return names.error();
  if (names->empty()) return findings;
  const auto kernel = RunningKernel(host);
  Machine machine{HasEnqcmd(host), !kernel || *kernel >= KernelVersion{6, 1, 0}, SvaPreflight(host, table)};
  for (const auto& name : *names) {
    if (!IsNumbered(name, "dsa") && !IsNumbered(name, "iax")) continue;
    const auto path = FollowPresent(host, std::string(kBus) + "/" + name, findings.problems);
    if (!path || unchanged.Take(FolderOf(*path), findings)) continue;
    Device(host, table, machine, name, *path, findings).Read();
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

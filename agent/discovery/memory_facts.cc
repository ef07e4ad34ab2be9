// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/memory_facts.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "agent/host/id_list.h"

namespace nacelle {
namespace {

constexpr const char* kCpus = "/sys/devices/system/cpu";
constexpr const char* kNodes = "/sys/devices/system/node";
constexpr const char* kTiers = "/sys/devices/virtual/memory_tiering";
constexpr const char* kDax = "/sys/bus/dax/devices";
constexpr const char* kCxl = "/sys/bus/cxl/devices";
constexpr const char* kMemory = "/sys/devices/system/memory";

// The number after `prefix`: 4 of "memory_tier4".
std::optional<int> NumberAfter(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  name.remove_prefix(prefix.size());
  int number = 0;
  const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
  if (error != std::errc{} || end != name.data() + name.size() || number < 0) return std::nullopt;
  return number;
}

class Reader {
 public:
  Reader(const HostRoot& host, const std::vector<MemoryFacts>& last) : host_(host), last_(last) {}

  Result<MemoryFindings> Read() {
    const auto online = ReadIds(std::string(kNodes) + "/online");
    if (!online) return online.error();
    for (const int id : *online) out_.nodes.push_back({.node = id});
    MarkWhere("has_cpu", &MemoryFacts::has_cpus);
    MarkWhere("has_memory", &MemoryFacts::has_memory);
    for (auto& node : out_.nodes) ReadPerformance(node);
    for (auto& node : out_.nodes) ReadPackage(node);
    for (auto& node : out_.nodes) ReadExtent(node);
    ReadTiers();
    ReadCxl();
    ReadCxlOfFirmware();
    return std::move(out_);
  }

 private:
  Result<std::vector<int>> ReadIds(const std::string& path) {
    const auto text = host_.Read(path);
    if (!text) return text.error();
    auto ids = ParseIdList(*text);
    if (!ids) return std::move(ids).error().In(path);
    return ids;
  }

  void Complain(const std::string& path, const Error& error) {
    out_.problems.push_back({path, error.message()});
  }

  MemoryFacts* Find(long long id) {
    const auto it = std::find_if(out_.nodes.begin(), out_.nodes.end(), [&](auto& n) { return n.node == id; });
    return it == out_.nodes.end() ? nullptr : &*it;
  }

  void Mark(int id, bool MemoryFacts::*mark, bool value) {
    if (auto* node = Find(id)) node->*mark = value;
  }

  void MarkWhere(const char* list, bool MemoryFacts::*mark) {
    const std::string path = std::string(kNodes) + "/" + list;
    const auto ids = ReadIds(path);
    // Kernels before 3.8 have no has_memory; hwloc's sizes do as well.
    if (!ids && ids.error().code() == Code::kNotFound && !host_.Exists(path)) return;
    if (!ids) {
      Complain(path, ids.error());
      for (const auto& before : last_) Mark(before.node, mark, before.*mark);
      return;
    }
    for (const int id : *ids) Mark(id, mark, true);
  }

  // Figures of 0 mean that the firmware gave none.
  std::optional<int> ReadFigure(const std::string& path) {
    const auto figure = host_.ReadNumber(path);
    if (!figure) {
      Complain(path, figure.error());
      return std::nullopt;
    }
    if (!*figure || **figure <= 0 || **figure > std::numeric_limits<int>::max()) return std::nullopt;
    return static_cast<int>(**figure);
  }

  // access0 has the best initiators of any kind, access1 the best CPUs
  // (Documentation/ABI/stable/sysfs-devices-node); some machines have only one.
  void ReadPerformance(MemoryFacts& node) {
    for (const char* access : {"access0", "access1"}) {
      const std::string path =
          std::string(kNodes) + "/node" + std::to_string(node.node) + "/" + access + "/initiators";
      const auto names = host_.List(path);
      if (!names) {
        if (names.error().code() != Code::kNotFound) Complain(path, names.error());
        continue;
      }
      for (const auto& name : *names) {
        const auto initiator = NumberAfter(name, "node");
        // The link itself, so that a recorded machine has it.
        if (initiator && host_.Resolve(path + "/" + name)) node.initiators.push_back(*initiator);
      }
      std::sort(node.initiators.begin(), node.initiators.end());
      node.read_latency_ns = ReadFigure(path + "/read_latency");
      node.read_bandwidth_mbps = ReadFigure(path + "/read_bandwidth");
      return;
    }
  }

  // All CPUs of a node are in one package. Machines that do not tell have -1.
  void ReadPackage(MemoryFacts& node) {
    const auto cpus = ReadIds(std::string(kNodes) + "/node" + std::to_string(node.node) + "/cpulist");
    if (!cpus || cpus->empty()) return;
    const auto package = host_.ReadNumber(std::string(kCpus) + "/cpu" + std::to_string(cpus->front()) +
                                          "/topology/physical_package_id");
    if (package && *package && **package >= 0 && **package <= 65535) node.package = static_cast<int>(**package);
  }

  // Of meminfo only what does not change with use.
  void ReadExtent(MemoryFacts& node) {
    const std::string folder = std::string(kNodes) + "/node" + std::to_string(node.node);
    const auto distances = host_.ReadOptional(folder + "/distance");
    if (distances) node.distances = distances->value_or("");
    const auto meminfo = host_.ReadOptional(folder + "/meminfo");
    if (!meminfo || !*meminfo) return;
    const auto begin = (*meminfo)->find("MemTotal:");
    if (begin != std::string::npos) node.size = (*meminfo)->substr(begin, (*meminfo)->find('\n', begin) - begin);
  }

  void ReadTiers() {
    const auto names = host_.List(kTiers);
    if (!names) return;  // kernels before 6.1 have none
    for (const auto& name : *names) {
      const auto tier = NumberAfter(name, "memory_tier");
      if (!tier) continue;
      const std::string path = std::string(kTiers) + "/" + name + "/nodelist";
      const auto ids = ReadIds(path);
      if (!ids) {
        Complain(path, ids.error());
        continue;
      }
      for (const int id : *ids) {
        if (auto* node = Find(id)) node->tier = tier;
      }
    }
  }

  // Memory of a CXL region is a dax device below the region, whose target_node
  // tells the NUMA node (drivers/dax/cxl.c).
  void ReadCxl() {
    const auto names = host_.List(kDax);
    if (!names) return;
    for (const auto& name : *names) {
      const auto path = host_.Resolve(std::string(kDax) + "/" + name);
      if (!path) continue;
      const auto id = host_.ReadNumber(*path + "/target_node");
      if (!id) Complain(*path + "/target_node", id.error());
      auto* node = id && *id ? Find(**id) : nullptr;
      if (node != nullptr && path->find("/dax_region") != std::string::npos) node->cxl = true;
    }
  }

  // A region that the firmware brought up as System RAM has no dax device (cxl_region_probe
  // in drivers/cxl/core/region.c). Its node is that of its first memory block
  // (Documentation/ABI/testing/sysfs-bus-cxl, sysfs-devices-memory).
  void ReadCxlOfFirmware() {
    const auto names = host_.List(kCxl);
    if (!names) return;
    const auto block = ReadHex(std::string(kMemory) + "/block_size_bytes");
    for (const auto& name : *names) {
      if (!NumberAfter(name, "region")) continue;
      const auto path = host_.Resolve(std::string(kCxl) + "/" + name);
      const auto start = path ? ReadHex(*path + "/resource") : std::nullopt;
      if (!start || !block || *block == 0) continue;
      const auto memory = "/memory" + std::to_string(*start / *block);
      for (auto& node : out_.nodes) {
        if (host_.Exists(std::string(kNodes) + "/node" + std::to_string(node.node) + memory)) node.cxl = true;
      }
    }
  }

  // With or without "0x"; a region that is not committed says nothing.
  std::optional<std::uint64_t> ReadHex(const std::string& path) {
    const auto text = host_.ReadOptional(path);
    if (!text) Complain(path, text.error());
    if (!text || !*text || (*text)->empty()) return std::nullopt;
    std::string_view digits = **text;
    if (digits.starts_with("0x")) digits.remove_prefix(2);
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number, 16);
    if (error == std::errc{} && end == digits.data() + digits.size()) return number;
    Complain(path, Error(Code::kInvalid, "expected a hexadecimal number, not '" + **text + "'"));
    return std::nullopt;
  }

  const HostRoot& host_;
  const std::vector<MemoryFacts>& last_;
  MemoryFindings out_;
};

}  // namespace

Result<MemoryFindings> ReadMemoryFacts(const HostRoot& host, const std::vector<MemoryFacts>& last) { return Reader(host, last).Read(); }

}  // namespace nacelle

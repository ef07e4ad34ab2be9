// SPDX-License-Identifier: Apache-2.0
// Measures core/select against the limits that the project states, and writes
// JSON rows {"name", "unit", "value", "limit", "ratio", "holds"}. A value is
// the median of its runs. Exit status 1 when a limit does not hold.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <string>
#include <vector>

#include "core/model/offer.h"
#include "core/select/find.h"
#include "core/select/partition.h"
#include "core/select/preference.h"
#include "core/select/query_parser.h"

namespace nacelle {
namespace {

using SteadyTime = std::chrono::steady_clock;

struct Row {
  std::string name;
  double value_ms = 0;
  double limit_ms = 0;
  bool proven = true;

  bool Holds() const { return value_ms <= limit_ms && proven; }
};

// Eight sockets, each with CPUs and an HBM node, in two groups of four.
// Functions come in switches of eight; ids do not follow the sockets.
Inventory Machine(int functions) {
  constexpr int kSockets = 8;
  constexpr int kSwitch = 8;
  Inventory inventory{.node = "bench"};
  for (int i = 0; i < 2 * kSockets; ++i) {
    NumaNode node{i, i < kSockets, {}};
    for (int j = 0; j < 2 * kSockets; ++j) {
      const bool same_socket = i % kSockets == j % kSockets;
      const bool same_group = i % kSockets / 4 == j % kSockets / 4;
      node.distances.push_back(i == j ? 10 : same_socket ? 13 : same_group ? 16 : 24);
    }
    inventory.numa.push_back(node);
    const auto id = (i < kSockets ? "dram-" : "hbm-") + std::to_string(i);
    inventory.domains.push_back({id, i < kSockets ? MemoryKind::kDram : MemoryKind::kHbm, "", i, {}, {i % kSockets}});
  }
  std::sort(inventory.domains.begin(), inventory.domains.end(), [](auto& a, auto& b) { return a.id < b.id; });
  for (int i = 0; i < functions; ++i) {
    const auto id = "uacce-0000-" + std::to_string(1000 + i) + "-00-0";
    Function function{.id = id, .family = "uacce", .interface = "hisi_zip", .numa = i / kSwitch % kSockets};
    function.operations = i % 2 == 0 ? std::vector<std::string>{"gzip", "zlib"} : std::vector<std::string>{"sha256"};
    function.access = MemoryAccess::kSva;
    function.path = "/sys/devices/pci0000:" + std::to_string(i / kSwitch);
    function.queues = {{.id = id, .nodes = {{.path = "/dev/" + id}}}};
    inventory.functions.push_back(function);
    const int first = i / kSwitch * kSwitch;
    for (int j = first; j < std::min(first + kSwitch, functions); ++j) {
      if (j == i) continue;
      inventory.links.push_back({id, "uacce-0000-" + std::to_string(1000 + j) + "-00-0", LinkStrength::kPeerToPeer, false});
    }
    for (const auto& domain : inventory.domains) {
      inventory.affinities.push_back({id, domain.id, NumaDistance(inventory, function.numa, domain.numa), {}, {}});
    }
  }
  return inventory;
}

double MedianMilliseconds(int runs, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = SteadyTime::now();
    work();
    times.push_back(std::chrono::duration<double, std::milli>(SteadyTime::now() - start).count());
  }
  std::nth_element(times.begin(), times.begin() + runs / 2, times.end());
  return times[static_cast<std::size_t>(runs) / 2];
}

// All functions of the machine serve "any" too.
Inventory OneOperation(int functions) {
  auto inventory = Machine(functions);
  for (auto& function : inventory.functions) function.operations = {"any"};
  return inventory;
}

Row MeasureFind(const std::string& name, const Inventory& inventory, const std::string& text, double limit_ms) {
  const auto query = ParseQuery(text);
  if (!query) return {name + ": " + query.error().message(), 0, 0, false};
  bool proven = true;
  const auto value = MedianMilliseconds(51, [&] {
    const auto result = Find(inventory, *query, {});
    proven = proven && result.proven_best && !result.answers.empty();
  });
  return {name, value, limit_ms, proven};
}

// Some shares of some queues are gone, as they are on a machine in use.
Row MeasurePreference(const std::string& name, int devices, int size, int must_include) {
  const auto inventory = OneOperation(devices);
  Offer offer{.resource = "nacelle.dev/any"};
  PreferenceRequest request{.size = size};
  for (int i = 0; i < devices; ++i) {
    const auto& id = inventory.functions[static_cast<std::size_t>(i)].id;
    offer.queues.push_back({id, 1});
    if (i % 5 != 1) request.available.push_back(id);
  }
  request.must_include.assign(request.available.begin(), request.available.begin() + must_include);
  const auto value = MedianMilliseconds(51, [&] {
    if (PreferDevices(inventory, offer, request).size() != static_cast<std::size_t>(size)) std::abort();
  });
  return {name, value, 1.0};
}

Row MeasurePartition(const std::string& name, const Inventory& inventory, const std::string& text, double limit_ms) {
  const auto query = ParseQuery(text);
  if (!query) return {name + ": " + query.error().message(), 0, 0, false};
  bool proven = true;
  const auto value = MedianMilliseconds(11, [&] {
    const auto partition = Divide(inventory, *query, {});
    proven = proven && partition.proven_best && !partition.made.empty();
  });
  return {name, value, limit_ms, proven};
}

std::vector<Row> MeasureAll() {
  const auto large = Machine(1024);
  return {
      MeasurePreference("preferred allocation, 8 of 64", 64, 8, 0),
      MeasurePreference("preferred allocation, 16 of 512", 512, 16, 0),
      MeasurePreference("preferred allocation, 16 of 512, 2 included", 512, 16, 2),
      MeasureFind("find, 8 of 64", OneOperation(64), "8 any", 1.0),
      MeasureFind("find, 16 of 512", OneOperation(512), "16 any", 1.0),
      MeasureFind("find, 16 of 512 near memory", OneOperation(512), "16 any near memory:hbm-11", 1.0),
      MeasureFind("find, 1024 functions, a pair", large, "zlib + sha256", 5.0),
      MeasureFind("find, 1024 functions, a pair near memory", large, "zlib + sha256 near memory:hbm-11", 5.0),
      MeasureFind("find, 1024 functions, a pair sharing HBM", large, "zlib + sha256 sharing hbm", 5.0),
      MeasureFind("find, 1024 functions, a chained pair", large, "zlib + sha256 chained", 5.0),
      MeasureFind("find, 1024 functions, a pair by shared address", large, "zlib + sha256 chained=shared-address", 5.0),
      MeasurePartition("partition of 1024 functions, chained pairs", large, "zlib + sha256 chained", 50.0),
      MeasurePartition("partition of 1024 functions, pairs sharing HBM", large, "zlib + sha256 sharing hbm", 50.0),
      MeasurePartition("partition of 512 functions by 8", OneOperation(512), "8 any", 500.0),
  };
}

int Run() {
  bool all_hold = true;
  const char* separator = "[\n";
  for (const auto& row : MeasureAll()) {
    const double ratio = row.limit_ms > 0 ? row.value_ms / row.limit_ms : 0;
    std::printf(R"(%s  {"name": "select: %s", "unit": "ms", "value": %.4f, "limit": %.4f, "ratio": %.4f, "holds": %s})",
                separator, row.name.c_str(), row.value_ms, row.limit_ms, ratio, row.Holds() ? "true" : "false");
    separator = ",\n";
    all_hold = all_hold && row.Holds();
  }
  std::printf("\n]\n");
  return all_hold ? 0 : 1;
}

}  // namespace
}  // namespace nacelle

int main() { return nacelle::Run(); }

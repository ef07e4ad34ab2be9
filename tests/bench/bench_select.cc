// SPDX-License-Identifier: Apache-2.0
// Measures core/select against the limits that the project states. A value is
// the median of its runs, on machines in use: shares of many queues are held.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/offer.h"
#include "core/select/find.h"
#include "core/select/partition.h"
#include "core/select/preference.h"
#include "core/select/query_parser.h"
#include "tests/bench/figures.h"

namespace nacelle {
namespace {

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
  }
  return inventory;
}

double MedianMicroseconds(int runs, const std::function<void()>& work) {
  std::vector<double> times;
  for (int i = 0; i < runs; ++i) {
    const auto start = std::chrono::steady_clock::now();
    work();
    times.push_back(Microseconds(std::chrono::steady_clock::now() - start));
  }
  return Percentile(std::move(times), 0.5);
}

// A figure stands for nothing when what was measured did not do its work.
void Require(bool holds, std::string_view what) {
  if (holds) return;
  std::cerr << "bench_select: " << what << ": not answered, or not proven best\n";
  std::exit(1);
}

// Functions with one to five of eight operations each, on 32 nodes of which no two lie
// alike, each with HBM that is local to two others, too.
Inventory EightOperations(int functions) {
  constexpr int kNodes = 32;
  std::mt19937 random(5);
  const auto below = [&](int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); };
  Inventory inventory{.node = "bench"};
  for (int i = 0; i < kNodes; ++i) {
    NumaNode node{i, true, {}};
    for (int j = 0; j < kNodes; ++j) node.distances.push_back(i == j ? 10 : 11 + below(190));
    inventory.numa.push_back(node);
    inventory.domains.push_back({"hbm-" + std::to_string(10 + i), MemoryKind::kHbm, "", i, {}, {i, (i + 1) % kNodes, (i + 5) % kNodes}});
  }
  for (int i = 0; i < functions; ++i) {
    const auto id = "uacce-0000-" + std::to_string(1000 + i) + "-00-0";
    std::set<std::string> operations;
    for (int more = 1 + below(5); more > 0; --more) operations.insert("op" + std::to_string(below(8)));
    Function function{.id = id, .family = "uacce", .interface = "hisi_zip", .operations = {operations.begin(), operations.end()}};
    function.numa = below(kNodes);
    function.queues = {{.id = id, .nodes = {{.path = "/dev/" + id}}}};
    inventory.functions.push_back(function);
  }
  return inventory;
}

std::string EachOfEight(int count) {
  std::string text;
  for (int i = 0; i < 8; ++i) text += (i == 0 ? "" : " + ") + std::to_string(count) + " op" + std::to_string(i);
  return text;
}

Query Read(const std::string& text) {
  const auto query = ParseQuery(text);
  Require(query.ok(), text);
  return *query;
}

// All functions have one operation.
Inventory OneOperation(int functions) {
  auto inventory = Machine(functions);
  for (auto& function : inventory.functions) function.operations = {"any"};
  return inventory;
}

// Of four shares a queue, none to all are held.
Usage UsageOf(const Inventory& inventory) {
  Usage usage;
  int i = 0;
  for (const auto& function : inventory.functions) usage[function.id] = {4, i++ * 7 % 11 % 5};
  return usage;
}

Figure MeasureFind(const std::string& name, const Inventory& inventory, const std::string& text, double limit_us) {
  const auto query = Read(text);
  FindOptions options;
  options.candidates.usage = UsageOf(inventory);
  const auto value = MedianMicroseconds(51, [&] {
    const auto result = Find(inventory, query, options);
    Require(result.proven_best && !result.answers.empty(), name);
  });
  return {"find, " + name, "us", value, limit_us};
}

// How long it takes at most, as the documents have it: nothing is proven.
Figure MeasureBoundOfFind(const Inventory& inventory, int count) {
  const auto query = Read(EachOfEight(count));
  const auto name = "bound, " + std::to_string(count) + " each of eight operations of 1000";
  const auto value = MedianMicroseconds(11, [&] { Require(!Find(inventory, query, {}).answers.empty(), name); });
  return {"find, " + name, "us", value, 100'000};
}

Figure MeasureBoundOfPartition(const std::string& what, const Inventory& inventory, const std::string& text) {
  const auto query = Read(text);
  const auto name = "bound, 1000 into " + what;
  const auto value = MedianMicroseconds(5, [&] { Require(!Divide(inventory, query, {}).made.empty(), name); });
  return {"partition, " + name, "us", value, 1'000'000};
}

Figure MeasurePreference(const std::string& name, int devices, int size, int must_include) {
  const auto inventory = OneOperation(devices);
  Offer offer{.resource = "nacelle.dev/any"};
  PreferenceRequest request{.size = size};
  for (int i = 0; i < devices; ++i) {
    const auto& id = inventory.functions[static_cast<std::size_t>(i)].id;
    offer.queues.push_back({id, 1});
    if (i % 5 != 1) request.available.push_back(id);
  }
  request.must_include.assign(request.available.begin(), request.available.begin() + must_include);
  const auto value = MedianMicroseconds(51, [&] {
    Require(PreferDevices(inventory, offer, request).size() == static_cast<std::size_t>(size), name);
  });
  return {"preferred allocation, " + name, "us", value, 1000};
}

Figure MeasurePartition(const std::string& name, const Inventory& inventory, const std::string& text,
                        double limit_us) {
  const auto query = Read(text);
  const auto value = MedianMicroseconds(11, [&] {
    const auto partition = Divide(inventory, query, {});
    Require(partition.proven_best && !partition.made.empty(), name);
  });
  return {"partition, " + name, "us", value, limit_us};
}

std::vector<Figure> MeasureAll() {
  const auto large = Machine(1024);
  const auto eight = EightOperations(1000);
  return {
      MeasurePreference("8 of 64", 64, 8, 0),
      MeasurePreference("16 of 512", 512, 16, 0),
      MeasurePreference("16 of 512, 2 included", 512, 16, 2),
      MeasureFind("8 of 64", OneOperation(64), "8 any", 1000),
      MeasureFind("16 of 512", OneOperation(512), "16 any", 1000),
      MeasureFind("16 of 512 near memory", OneOperation(512), "16 any near memory:hbm-11", 1000),
      MeasureFind("pair of 1024", large, "zlib + sha256", 5000),
      MeasureFind("pair of 1024 near memory", large, "zlib + sha256 near memory:hbm-11", 5000),
      MeasureFind("pair of 1024 sharing HBM", large, "zlib + sha256 sharing hbm", 5000),
      MeasureFind("pair of 1024 chained", large, "zlib + sha256 chained", 5000),
      MeasureFind("pair of 1024 by shared address", large, "zlib + sha256 chained=shared-address", 5000),
      MeasureFind("chain of 8 of 64", OneOperation(64), "8 any chained=shared-address", 1000),
      MeasureFind("chain of 16 of 512", OneOperation(512), "8 any + 8 any chained=shared-address", 1000),
      MeasureFind("chained pair of 1024 alike", OneOperation(1024), "any + any chained=shared-address", 5000),
      MeasurePartition("1024 into chained pairs", large, "zlib + sha256 chained", 50'000),
      MeasurePartition("1024 into pairs sharing HBM", large, "zlib + sha256 sharing hbm", 50'000),
      MeasurePartition("512 by 8", OneOperation(512), "8 any", 100'000),
      MeasureBoundOfFind(eight, 1),
      MeasureBoundOfFind(eight, 16),
      MeasureBoundOfFind(eight, 60),
      MeasureBoundOfPartition("one each of eight operations", eight, EachOfEight(1)),
      MeasureBoundOfPartition("16 each", eight, EachOfEight(16)),
      MeasureBoundOfPartition("three sharing HBM", eight, "op0 + op1 + op2 sharing hbm"),
  };
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  if (argc == 1) return nacelle::Report(nacelle::MeasureAll(), {}) ? 0 : 1;
  if (argc == 3 && std::string_view(argv[1]) == "--json") {
    return nacelle::Report(nacelle::MeasureAll(), argv[2]) ? 0 : 1;
  }
  std::cerr << "usage: bench_select [--json FILE]\n";
  return 2;
}

// SPDX-License-Identifier: Apache-2.0
// The device plugin against the figures that it has to hold, each as a ratio
// within one run, because machines differ.
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include "tests/bench/empty_plugin.h"
#include "tests/bench/figures.h"
#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kQueues = 64;
constexpr int kRounds = 30;

DevicePluginOptions BenchOptions() {
  DevicePluginOptions options;
  // Ended grants are to go during the run.
  options.leave_after = milliseconds(1000);
  options.forget_unlisted = milliseconds(1000);
  options.poll_holders = milliseconds(1000);
  return options;
}

// Real nodes where we may make them: the file that stands for one is slower.
void MakeNode(const TestNode& node, const std::string& name, int index, unsigned minor) {
  const auto path = node.host.folder() / "dev" / (name + "-" + std::to_string(index));
  std::filesystem::remove(path);
  if (mknod(path.c_str(), S_IFCHR | 0600, makedev(240, minor)) == 0) return;
  std::ofstream(path) << "c 240:" << minor;
}

void Prepare(TestNode& node) {
  unsigned minor = 0;
  for (const auto* name : {"sw_zip", "sw_hash"}) {
    for (int i = 0; i < kQueues; ++i, ++minor) {
      node.Add(name, i, i % 2, minor);
      MakeNode(node, name, i, minor);
    }
  }
  node.Publish();
}

double Timed(const std::function<void()>& work) {
  const auto begin = steady_clock::now();
  work();
  return Microseconds(steady_clock::now() - begin);
}

bool AllRegistered(const TestNode& node) { return node.kubelet.Resources().size() == 2; }

v1beta1::AllocateRequest RequestFor(std::vector<std::string> ids) {
  v1beta1::AllocateRequest request;
  auto& container = *request.add_container_requests();
  for (auto& id : ids) container.add_devices_ids(std::move(id));
  return request;
}

struct Pair {
  std::vector<double> ours;
  std::vector<double> empty;
};

// One call of each, in turn the first, so that both meet the same machine.
void CompareOne(const PluginConnection& ours, const PluginConnection& empty, const v1beta1::AllocateRequest& request,
                Pair& times) {
  const bool ours_first = times.ours.size() % 2 == 0;
  for (const bool our_turn : {ours_first, !ours_first}) {
    (our_turn ? times.ours : times.empty).push_back(Timed([&] {
      (void)(our_turn ? ours : empty).Allocate(request).ok();
    }));
  }
}

Pair CompareAllocate(const PluginConnection& ours, const PluginConnection& empty, int calls) {
  Pair times;
  for (int i = 0; i < calls; ++i) CompareOne(ours, empty, RequestFor({IdOf("sw_zip", i % kQueues)}), times);
  return times;
}

// What pods that come and go do: each Allocate finds the record of a container
// that was started, and writes it anew.
Pair CompareLifeCycle(const PluginConnection& ours, const PluginConnection& empty) {
  Pair times;
  for (int i = 0; i < 10 * kQueues; ++i) {
    const auto id = IdOf("sw_zip", i % kQueues);
    (void)ours.PreStart({id}).ok();
    CompareOne(ours, empty, RequestFor({id}), times);
  }
  return times;
}

void AddRatios(std::vector<Figure>& figures, const std::string& what, const Pair& times) {
  for (const auto& [name, share, limit] :
       {std::tuple{"p50", 0.5, 1.3}, std::tuple{"p99", 0.99, 2.0}}) {
    const double ours = Percentile(times.ours, share), empty = Percentile(times.empty, share);
    std::cout << what << ' ' << name << ": " << ours << " us, empty handler " << empty << " us\n";
    figures.push_back({what + " " + name + " / empty handler", "x", ours / empty, limit});
  }
}

void BenchAllocate(TestNode& node, std::vector<Figure>& figures) {
  const EmptyPlugin plugin(node.folder / "empty.sock");
  const auto empty = PluginConnection::Dial(node.folder / "empty.sock", "empty");
  const auto ours = PluginConnection::Dial(node.kubelet.Socket(kZip), kZip);
  if (!empty || !ours) std::abort();
  CompareAllocate(**ours, **empty, 500);
  AddRatios(figures, "Allocate (known record)", CompareAllocate(**ours, **empty, 4000));
  AddRatios(figures, "Allocate (new record)", CompareLifeCycle(**ours, **empty));
}

void BenchStart(TestNode& node, std::vector<Figure>& figures) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    times.push_back(Timed([&] {
      node.StartAgent();
      node.kubelet.Wait([&] { return AllRegistered(node); });
    }));
    node.StopAgent();
    node.kubelet.Wait([&] { return node.kubelet.Resources().empty(); });
  }
  figures.push_back({"start to registered, 2 resources, median", "ms", Percentile(times, 0.5) / 1000, 100});
}

void BenchKubeletRestart(TestNode& node, std::vector<Figure>& figures) {
  std::vector<double> times;
  for (int i = 0; i < kRounds; ++i) {
    node.kubelet.Stop();
    times.push_back(Timed([&] {
      node.kubelet.Start();
      node.kubelet.Wait([&] { return AllRegistered(node); });
    }));
  }
  figures.push_back({"kubelet.sock created to registered, median", "ms", Percentile(times, 0.5) / 1000, 50});
}

void BenchList(TestNode& node, std::vector<Figure>& figures) {
  std::vector<double> times;
  const auto id = IdOf("sw_zip", 0);
  for (int i = 0; i < 600; ++i) {
    const bool healthy = i % 2 == 1;
    node.SetHealth(id, {healthy, healthy ? "" : "isolated"});
    times.push_back(Timed([&] {
      node.Publish();
      node.kubelet.Wait([&] { return node.kubelet.Devices(kZip)[id].healthy == healthy; });
    }));
    // Not in step with the gap between messages.
    std::this_thread::sleep_for(milliseconds(i % 13));
  }
  const auto gap = static_cast<double>(node.options.list_gap.count());
  figures.push_back({"inventory to ListAndWatch, p99 beyond the gap", "ms", Percentile(times, 0.99) / 1000 - gap, 10});
}

int Run(const std::filesystem::path& json) {
  std::vector<Figure> figures;
  TestNode node(BenchOptions());
  Prepare(node);
  node.kubelet.Start();
  BenchStart(node, figures);
  node.StartAgent();
  if (!node.kubelet.Wait([&] { return AllRegistered(node); })) return 1;
  BenchKubeletRestart(node, figures);
  BenchList(node, figures);
  BenchAllocate(node, figures);
  return Report(figures, json) ? 0 : 1;
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  if (argc == 1) return nacelle::Run({});
  if (argc == 3 && std::string_view(argv[1]) == "--json") return nacelle::Run(argv[2]);
  std::cerr << "usage: bench_device_plugin [--json FILE]\n";
  return 2;
}

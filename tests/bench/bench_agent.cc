// SPDX-License-Identifier: Apache-2.0
// The agent as a process, with 64 queues, against a kubelet in this one.
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/bench/figures.h"
#include "tests/bench/process.h"
#include "tests/bench/send_uevent.h"
#include "tests/support/contract_kubelet.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kQueues = 64;
const std::string kResource = "nacelle.dev/sw-zip";

void WriteFile(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text << '\n';
}

// A machine of two NUMA nodes with 64 uacce functions, in the form of --root.
class Machine {
 public:
  explicit Machine(fs::path root) : root_(std::move(root)) {
    const auto system = root_ / "sys/devices/system";
    WriteFile(system / "node/online", "0-1");
    WriteFile(system / "node/possible", "0-1");
    WriteFile(system / "cpu/online", "0-1");
    WriteFile(system / "cpu/possible", "0-1");
    WriteFile(system / "cpu/present", "0-1");
    for (int node = 0; node < 2; ++node) MakeNode(system, std::to_string(node));
    for (int i = 0; i < kQueues; ++i) MakeFunction(i);
  }

  // Isolates one function, or takes it back, and has the kernel say so.
  void Isolate(int index, bool isolated) const {
    std::ofstream(Device(index) / "isolate") << (isolated ? 1 : 0) << '\n';
    SendUevent("/" + Device(index).lexically_relative(root_ / "sys").string(), "uacce");
  }

  static std::string Id(int index) { return "uacce-sw-zip-" + std::to_string(index); }

 private:
  fs::path Parent(int index) const { return root_ / "sys/devices/platform" / ("sw_zip." + std::to_string(index)); }
  fs::path Device(int index) const { return Parent(index) / "uacce" / ("sw_zip-" + std::to_string(index)); }

  static void MakeNode(const fs::path& system, const std::string& id) {
    const auto node = system / ("node/node" + id);
    const auto cpu = system / ("cpu/cpu" + id);
    WriteFile(node / "cpulist", id);
    WriteFile(node / "cpumap", id == "0" ? "1" : "2");
    WriteFile(node / "distance", id == "0" ? "10 20" : "20 10");
    WriteFile(node / "meminfo", "Node " + id + " MemTotal: 1048576 kB");
    WriteFile(cpu / "topology/core_id", "0");
    WriteFile(cpu / "topology/physical_package_id", id);
    WriteFile(cpu / "topology/core_cpus", id == "0" ? "1" : "2");
    WriteFile(cpu / "topology/package_cpus", id == "0" ? "1" : "2");
  }

  void MakeFunction(int index) const {
    const auto number = std::to_string(index);
    const auto device = Device(index);
    WriteFile(Parent(index) / "numa_node", std::to_string(index % 2));
    WriteFile(device / "api", "swaccel_v1");
    WriteFile(device / "flags", "1");
    WriteFile(device / "algorithms", "zlib\ngzip\ndeflate");
    WriteFile(device / "available_instances", "8");
    WriteFile(device / "isolate", "0");
    WriteFile(device / "dev", "245:" + number);
    fs::create_directory_symlink("../../../sw_zip." + number, device / "device");
    const auto link = root_ / "sys/class/uacce" / ("sw_zip-" + number);
    fs::create_directories(link.parent_path());
    fs::create_directory_symlink("../../devices/platform/sw_zip." + number + "/uacce/sw_zip-" + number, link);
    WriteFile(root_ / "dev" / ("sw_zip-" + number), "c 245:" + number);
  }

  fs::path root_;
};

double MillisecondsOf(const std::function<bool()>& work, bool& good) {
  const auto begin = steady_clock::now();
  good = work() && good;
  return Microseconds(steady_clock::now() - begin) / 1000;
}

class Bench {
 public:
  explicit Bench(const fs::path& folder)
      : folder_(folder),
        programs_(fs::read_symlink("/proc/self/exe").parent_path()),
        machine_(folder / "machine"),
        kubelet_(folder / "kubelet") {}

  bool Run(std::vector<Figure>& figures) {
    kubelet_.Start();
    const double empty = EmptyPss();
    bool good = MeasureStart(figures);
    const Process agent(AgentWords(), folder_ / "agent.log");
    good = good && AllListed();
    if (!good) return false;
    MeasureEvents(figures, good);
    good = AllWell() && good;
    MeasureRestart(figures, good);
    MeasureMemory(agent, empty, figures);
    MeasureIdle(agent, figures);
    MeasureGrowth(agent, figures, good);
    return good;
  }

 private:
  std::vector<std::string> AgentWords() const {
    return {programs_ / "nacelle-agent", "run",         "--root",      folder_ / "machine",
            "--kubelet-dir",             folder_ / "kubelet", "--state-dir", folder_ / "state",
            "--listen",                  "127.0.0.1:19440"};
  }

  bool AllListed() const {
    return kubelet_.Wait([&] { return kubelet_.Devices(kResource).size() == kQueues; });
  }

  // Every function as it was, and listed so.
  bool AllWell() {
    for (int i = 0; i < kQueues; ++i) machine_.Isolate(i, false);
    return kubelet_.Wait([&] {
      const auto devices = kubelet_.Devices(kResource);
      return std::ranges::all_of(devices, [](const auto& device) { return device.second.healthy; });
    });
  }

  bool MeasureStart(std::vector<Figure>& figures) {
    std::vector<double> times;
    bool good = true;
    for (int i = 0; i < 9; ++i) {
      const auto before = kubelet_.Registrations();
      const auto begin = steady_clock::now();
      const Process agent(AgentWords(), folder_ / "agent.log");
      good = kubelet_.Wait([&] { return kubelet_.Registrations() > before; }) && good;
      times.push_back(Microseconds(steady_clock::now() - begin) / 1000);
      good = AllListed() && good;
    }
    figures.push_back({"start of the process to registered", "ms", Percentile(times, 0.5), 100});
    return good;
  }

  void MeasureRestart(std::vector<Figure>& figures, bool& good) {
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
      const auto before = kubelet_.Registrations();
      times.push_back(MillisecondsOf(
          [&] {
            kubelet_.Restart();
            return kubelet_.Wait([&] { return kubelet_.Registrations() > before; });
          },
          good));
    }
    figures.push_back({"kubelet.sock created to registered", "ms", Percentile(times, 0.5), 50});
  }

  // Debounce is 5 ms; 10 ms beyond it is the limit.
  void MeasureEvents(std::vector<Figure>& figures, bool& good) {
    std::vector<double> times;
    for (int i = 0; i < 200; ++i) {
      const int index = i % kQueues;
      const bool isolated = (i / kQueues) % 2 == 0;
      times.push_back(MillisecondsOf(
          [&] {
            machine_.Isolate(index, isolated);
            return kubelet_.Wait([&] { return kubelet_.Devices(kResource)[Machine::Id(index)].healthy != isolated; });
          },
          good));
      std::this_thread::sleep_for(milliseconds(20));
    }
    figures.push_back({"uevent to ListAndWatch message, median", "ms", Percentile(times, 0.5), 15});
    figures.push_back({"uevent to ListAndWatch message, p99", "ms", Percentile(times, 0.99), 15});
  }

  // Alone, as the agent is when it is measured: pages that two processes have
  // mapped count by half.
  double EmptyPss() const {
    const Process empty({programs_ / "empty_server", folder_ / "empty.sock", "127.0.0.1:19441"}, folder_ / "empty.log");
    for (int tries = 0; tries < 100 && !fs::exists(folder_ / "empty.sock"); ++tries) {
      std::this_thread::sleep_for(milliseconds(50));
    }
    std::this_thread::sleep_for(milliseconds(500));
    return empty.Memory("Pss");
  }

  static void MeasureMemory(const Process& agent, double empty, std::vector<Figure>& figures) {
    std::cout << "PSS of a server that links the same and does nothing: " << empty << " MB\n";
    figures.push_back({"PSS (12 MB, or 1.3 of an empty server)", "MB", agent.Memory("Pss"), std::max(12.0, 1.3 * empty)});
    figures.push_back({"anonymous memory", "MB", agent.Memory("Anonymous"), 4});
  }

  static void MeasureIdle(const Process& agent, std::vector<Figure>& figures) {
    constexpr std::chrono::seconds kSpan(60);
    const auto before = agent.CpuTime();
    std::this_thread::sleep_for(kSpan);
    const auto used = agent.CpuTime() - before;
    figures.push_back({"idle CPU", "%", 100.0 * std::chrono::duration<double>(used) / kSpan, 0.05});
  }

  // Two queues a container, another pair each time, so that records come and go.
  // Each start asks PodResources, which the agent does at most 67 times a second.
  void Grant(int from, int to, bool& good) {
    for (int i = from; i < to; ++i) {
      const int first = i % kQueues;
      const int second = (first + 1 + i / kQueues % (kQueues - 1)) % kQueues;
      const std::vector<std::string> ids{Machine::Id(first), Machine::Id(second)};
      good = kubelet_.Allocate(kResource, {ids}).ok() && kubelet_.PreStart(kResource, ids).ok() && good;
    }
  }

  // When what ended is gone: the agent compares records with PodResources each half minute
  // at most, and removes what two answers a minute apart do not name.
  double SettledAnonymous(const Process& agent, bool& good) const {
    const auto records = [&] { return std::distance(fs::directory_iterator(folder_ / "state/grants"), {}); };
    good = kubelet_.Wait([&] { return records() <= kQueues; }, std::chrono::minutes(3)) && good;
    return agent.Memory("Anonymous");
  }

  // What ended is kept for a minute or more: the first minutes bring as much of it together
  // as there will ever be, and with it what the allocator keeps.
  void MeasureGrowth(const Process& agent, std::vector<Figure>& figures, bool& good) {
    constexpr int kFilled = 10'000;
    Grant(0, kFilled, good);
    const double before = SettledAnonymous(agent, good);
    Grant(kFilled, 2 * kFilled, good);
    const double growth = SettledAnonymous(agent, good) - before;
    std::cout << "anonymous memory before 10,000 grants: " << before << " MB\n";
    figures.push_back({"growth over 10,000 grants", "MB", std::max(0.0, growth), 0.25});
  }

  fs::path folder_;
  fs::path programs_;
  Machine machine_;
  ContractKubelet kubelet_;
};

int Main(const fs::path& json) {
  std::string pattern = fs::temp_directory_path() / "bench-XXXXXX";
  const fs::path folder = mkdtemp(pattern.data());
  std::vector<Figure> figures;
  const bool good = Bench(folder).Run(figures);
  const bool reported = Report(figures, json);
  if (good) {
    fs::remove_all(folder);
  } else {
    std::cerr << "bench_agent: the agent did not answer as it should; its log is in " << folder << '\n';
  }
  return good && reported ? 0 : 1;
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  if (argc == 1) return nacelle::Main({});
  if (argc == 3 && std::string_view(argv[1]) == "--json") return nacelle::Main(argv[2]);
  std::cerr << "usage: bench_agent [--json FILE]\n";
  return 2;
}

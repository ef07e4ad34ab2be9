// SPDX-License-Identifier: Apache-2.0
// Scans of a machine with 1,024 functions of mixed families, beside a bare loop
// that reads the same files.
#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/discovery/scanner.h"
#include "agent/probe/builtin_probes.h"
#include "core/config/hardware_file.h"
#include "tests/bench/figures.h"
#include "tests/bench/mixed_machine.h"
#include "tests/bench/process.h"
#include "tests/support/contract_kubelet.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

double CpuTime() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// Time of the processor, in the kernel as well: a scan waits for nothing, and a
// busy machine would make it seem slower than it is.
double Milliseconds(const std::function<void()>& work) {
  const double begin = CpuTime();
  work();
  return CpuTime() - begin;
}

// Both kinds of work in turn, so that a busy machine slows both.
std::pair<double, double> MediansInTurn(const std::function<void()>& a, const std::function<void()>& b) {
  std::vector<double> of_a;
  std::vector<double> of_b;
  for (int i = 0; i < 21; ++i) {
    of_a.push_back(Milliseconds(a));
    of_b.push_back(Milliseconds(b));
  }
  return {Percentile(of_a, 0.5), Percentile(of_b, 0.5)};
}

void ReadFolder(const std::string& path) {
  DIR* folder = opendir(path.c_str());
  if (folder == nullptr) return;
  while (readdir(folder) != nullptr) {
  }
  closedir(folder);
}

// What a scan reads, each once: files, links and folders.
void BareLoop(const MachineTree& seen, const std::string& root) {
  char buffer[4096];
  for (const auto& [path, entry] : seen) {
    const auto here = root + path;
    if (entry.kind == MachineEntry::Kind::kLink) {
      if (readlink(here.c_str(), buffer, sizeof(buffer)) < 0) continue;
    } else if (entry.kind == MachineEntry::Kind::kFolder) {
      ReadFolder(here);
    } else if (const int fd = open(here.c_str(), O_RDONLY | O_CLOEXEC); fd >= 0) {
      while (read(fd, buffer, sizeof(buffer)) > 0) {
      }
      close(fd);
    }
  }
}

class Bench {
 public:
  explicit Bench(const fs::path& folder)
      : folder_(folder),
        host_(folder),
        topology_(folder),
        hardware_(BuiltinHardware()),
        probes_(BuiltinProbes(hardware_)),
        reader_(host_, topology_, probes_, hardware_, "n1"),
        scanner_(reader_, std::nullopt, feed_, metrics_, {}) {}

  bool Run(std::vector<Figure>& figures) {
    MachineTree seen;
    const HostRoot noting(folder_, &seen);
    FactReader(noting, topology_, probes_, hardware_, "n1").Read();
    std::erase_if(seen, [](const auto& item) { return item.first.starts_with("/sys/devices/system"); });
    scanner_.Scan();
    const auto count = feed_.Latest().inventory->functions.size();
    if (count != 1024) return std::cout << "bench_scan: " << count << " functions\n", false;
    const auto [scan, bare] = MediansInTurn([&] { scanner_.Scan(); }, [&] { BareLoop(seen, folder_.native()); });
    figures.push_back({"scan of 1,024 functions (2 of a bare loop)", "ms", scan, 2 * bare});
    MeasureRescan(scan, figures);
    return true;
  }

 private:
  // After one uevent for a device whose attribute has changed, or changed back: what is not
  // well is read each time, and at most one device is so at once.
  double RescanAfter(const std::string& subsystem, const std::function<std::string(int)>& attribute) {
    std::vector<double> times;
    for (int i = 0; i < 60; ++i) {
      const auto file = attribute(i / 2 % 20);
      std::ofstream(folder_.native() + file) << (i % 2 == 0 ? "1" : "0") << '\n';
      const auto device = file.substr(std::string_view("/sys").size(), file.rfind('/') - std::string_view("/sys").size());
      Suspects suspects;
      AddSuspects({"change", device, subsystem}, probes_, suspects);
      times.push_back(Milliseconds([&] { scanner_.Scan(suspects); }));
    }
    return Percentile(times, 0.5);
  }

  void MeasureRescan(double scan, std::vector<Figure>& figures) {
    const double limit = std::max(2.0, scan / 20);
    const auto before = feed_.Latest().generation;
    const auto uacce = RescanAfter("uacce", [](int i) { return UaccePath(i) + "/uacce/hisi_zip-" + std::to_string(i) + "/isolate"; });
    figures.push_back({"rescan after a uevent of uacce (2 ms, or 1/20)", "ms", uacce, limit});
    const auto dsa = RescanAfter("dsa", [](int i) { return DsaPath(i) + "/pasid_enabled"; });
    figures.push_back({"rescan after a uevent of dsa", "ms", dsa, limit});
    const auto pci = RescanAfter("pci", [](int i) { return QatPath(i) + "/numa_node"; });
    figures.push_back({"rescan after a uevent of pci", "ms", pci, limit});
    const auto vfio = RescanAfter("vfio-dev", [](int i) { return QatPath(i) + "/numa_node"; });
    figures.push_back({"rescan after a uevent of vfio-dev", "ms", vfio, limit});
    if (feed_.Latest().generation - before < 150) std::cout << "bench_scan: changes were not seen\n";
    std::vector<double> idle;
    Suspects suspects;
    AddSuspects({"change", UaccePath(3).substr(4), "uacce"}, probes_, suspects);
    for (int i = 0; i < 41; ++i) idle.push_back(Milliseconds([&] { scanner_.Scan(suspects); }));
    figures.push_back({"rescan after a uevent that changes nothing", "ms", Percentile(idle, 0.5), limit});
    const auto other = RescanAfter("power_supply", [](int i) { return QatPath(i) + "/numa_node"; });
    figures.push_back({"rescan after a uevent of a subsystem that is no family's", "ms", other, limit});
    std::vector<double> fpga;
    for (int i = 0; i < 41; ++i) fpga.push_back(Milliseconds([&] { scanner_.Scan({.families = {"fpga"}}); }));
    figures.push_back({"FPGA contents (40 cards), each second; 1 % CPU", "ms", Percentile(fpga, 0.5), 10});
  }

  fs::path folder_;
  HostRoot host_;
  TopologyLoader topology_;
  HardwareTable hardware_;
  std::vector<std::unique_ptr<const Probe>> probes_;
  InventoryFeed feed_;
  Metrics metrics_;
  FactReader reader_;
  Scanner scanner_;
};

// Of the agent on that machine, once its kubelet has heard of all it offers.
bool MeasureMemory(const fs::path& folder, std::vector<Figure>& figures) {
  const auto programs = fs::read_symlink("/proc/self/exe").parent_path();
  const auto beside = folder.native() + ".agent";
  ContractKubelet kubelet(beside + "/kubelet");
  kubelet.Start();
  const Process agent({programs / "nacelle-agent", "run", "--root", folder, "--kubelet-dir", beside + "/kubelet", "--state-dir",
                       beside + "/state", "--listen", "127.0.0.1:19442"},
                      beside + "/agent.log");
  const bool heard = kubelet.Wait([&] {
    const auto resources = kubelet.Resources();
    return resources.size() >= 4 && std::ranges::none_of(resources, [&](const auto& name) { return kubelet.Devices(name).empty(); });
  });
  figures.push_back({"PSS, 1,024 functions", "MB", agent.Memory("Pss"), 14});
  figures.push_back({"anonymous memory, 1,024 functions", "MB", agent.Memory("Anonymous"), 6});
  fs::remove_all(beside);
  return heard;
}

// The scanner logs 1,024 functions and each change on stderr.
int Main(const fs::path& json) {
  const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
  dup2(nowhere, STDERR_FILENO);
  std::string pattern = (fs::exists("/dev/shm") ? "/dev/shm" : fs::temp_directory_path().native()) + std::string("/bench-XXXXXX");
  const fs::path folder = mkdtemp(pattern.data());
  const auto made = UnpackMachine(MixedMachine(), folder);
  if (!made) std::cout << "bench_scan: " << made.error().message() << '\n';
  std::vector<Figure> figures;
  const bool good = made.ok() && MeasureMemory(folder, figures) && Bench(folder).Run(figures);
  fs::remove_all(folder);
  return Report(figures, json) && good ? 0 : 1;
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  if (argc == 1) return nacelle::Main({});
  if (argc == 3 && std::string_view(argv[1]) == "--json") return nacelle::Main(argv[2]);
  std::cout << "usage: bench_scan [--json FILE]\n";
  return 2;
}

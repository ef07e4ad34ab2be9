// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/mixed_machine.h"

#include <array>
#include <cstdio>
#include <initializer_list>
#include <string>
#include <utility>

namespace nacelle {
namespace {

using Kind = MachineEntry::Kind;

std::string Format(const char* pattern, int a, int b = 0) {
  std::array<char, 128> text{};
  std::snprintf(text.data(), text.size(), pattern, a, b);
  return text.data();
}

std::string N(int number) { return std::to_string(number); }

// What a PCI device without access control services has in configuration space, as far
// as anybody looks: one extended capability, of errors, and none behind it.
std::string PciConfig() {
  std::string config(0x108, '\0');
  config[0x100] = 1;
  config[0x102] = 2;
  return config;
}

// "../" for each folder between a link in `folder` and /sys.
std::string Up(const std::string& folder) {
  std::string up;
  for (std::size_t i = std::string("/sys/").size() - 1; i < folder.size(); ++i) up += folder[i] == '/' ? "../" : "";
  return up;
}

class Builder {
 public:
  MachineTree Build() {
    AddMemory();
    for (int i = 0; i < 400; ++i) AddUacce(i);
    for (int i = 0; i < 128; ++i) AddDsa(i);
    for (int i = 0; i < 16; ++i) AddQat(i);
    for (int i = 0; i < 40; ++i) AddFpga(i);
    for (int i = 0; i < 8; ++i) AddAccel(i);
    for (int i = 0; i < 8; ++i) AddGpu(i);
    return std::move(tree_);
  }

  MachineTree BuildUacce(int devices) {
    AddMemory();
    for (int i = 0; i < devices; ++i) AddUacce(i);
    return std::move(tree_);
  }

 private:
  void File(const std::string& path, const std::string& text) { tree_[path] = {Kind::kFile, text + "\n"}; }
  void Files(const std::string& folder, std::initializer_list<std::pair<const char*, std::string>> files) {
    for (const auto& [name, text] : files) File(folder + "/" + name, text);
  }
  void Node(const std::string& path, int major, int minor) { tree_[path] = {Kind::kNode, N(major) + ":" + N(minor)}; }
  // A link that leads to `target`, an absolute path below /sys.
  void Link(const std::string& folder, const std::string& name, const std::string& target) {
    tree_[folder + "/" + name] = {Kind::kLink, Up(folder) + target.substr(5)};
  }

  void AddMemory() {
    const std::string system = "/sys/devices/system";
    Files(system + "/node", {{"online", "0-1"}, {"possible", "0-1"}, {"has_cpu", "0-1"}, {"has_memory", "0-1"}});
    Files(system + "/cpu", {{"online", "0-1"}, {"possible", "0-1"}, {"present", "0-1"}});
    for (int i = 0; i < 2; ++i) {
      const std::string mask = i == 0 ? "1" : "2";
      Files(system + "/node/node" + N(i), {{"cpulist", N(i)},
                                           {"cpumap", mask},
                                           {"distance", i == 0 ? "10 20" : "20 10"},
                                           {"meminfo", "Node " + N(i) + " MemTotal: 1048576 kB"}});
      Files(system + "/cpu/cpu" + N(i) + "/topology",
            {{"core_id", "0"}, {"physical_package_id", N(i)}, {"core_cpus", mask}, {"package_cpus", mask}});
    }
  }

  // What every PCI function has.
  void AddPci(const std::string& path, const std::string& vendor, const std::string& device, const std::string& driver,
              int numa) {
    const auto name = path.substr(path.rfind('/') + 1);
    Files(path, {{"vendor", "0x" + vendor}, {"device", "0x" + device}, {"numa_node", N(numa)}});
    File(path + "/modalias", "pci:v0000" + vendor + "d0000" + device + "sv00000000sd00000000bc12sc00i00");
    tree_[path + "/config"] = {Kind::kFile, PciConfig()};
    Link(path, "driver", "/sys/bus/pci/drivers/" + driver);
    File("/sys/kernel/iommu_groups/" + N(groups_ + 1) + "/type", "DMA-FQ");
    Link(path, "iommu_group", "/sys/kernel/iommu_groups/" + N(++groups_));
    Link("/sys/kernel/iommu_groups/" + N(groups_) + "/devices", name, path);
    Link("/sys/bus/pci/devices", name, path);
    Link("/sys/bus/pci/drivers/" + driver, name, path);
  }

  void AddUacce(int i) {
    const auto device = UaccePath(i);
    const auto name = "hisi_zip-" + N(i);
    const auto own = device + "/uacce/" + name;
    AddPci(device, "19e5", "a250", "hisi_zip", i % 2);
    Link("/sys/class/uacce", name, own);
    tree_[own + "/device"] = {Kind::kLink, "../../../" + device.substr(device.rfind('/') + 1)};
    Files(own, {{"algorithms", "zlib\ngzip\ndeflate\n"}, {"api", "hisi_qm_v3"}, {"available_instances", "1024"},
                {"dev", "235:" + N(i)}, {"flags", "1"}, {"isolate", "0"}});
    Node("/dev/" + name, 235, i);
  }

  void AddDsa(int i) {
    const auto own = DsaPath(i);
    const auto path = own.substr(0, own.rfind('/'));
    AddPci(path, "8086", "0b25", "idxd", i % 2);
    Link("/sys/bus/dsa/devices", "dsa" + N(i), own);
    Files(own, {{"state", "enabled"}, {"version", "0x100"}, {"pasid_enabled", "1"},
                {"op_cap", "00000000,00000000,00000000,00000000,00000000,00000000,00000001,003f03ff"}});
    for (int q = 0; q < 2; ++q) {
      const auto name = "wq" + N(i) + "." + N(q);
      const auto wq = own + "/" + name;
      Files(wq, {{"state", "enabled"}, {"type", "user"}, {"mode", q == 0 ? "shared" : "dedicated"}, {"size", "16"},
                 {"group_id", "0"}, {"priority", "10"}, {"threshold", q == 0 ? "15" : "0"}, {"max_batch_size", "32"},
                 {"max_transfer_size", "2097152"}, {"clients", "0"}});
      Link("/sys/bus/dsa/devices", name, wq);
      Node("/dev/dsa/" + name, 236, i * 2 + q);
    }
  }

  void AddQat(int i) {
    const auto bus = Format("/sys/devices/pci%04x:6b", 0x200 + i);
    const auto physical = bus + Format("/%04x:6b:00.0", 0x200 + i);
    AddPci(physical, "8086", "4940", "4xxx", i % 2);
    Files(physical + "/qat", {{"state", "up"}, {"cfg_services", "sym;asym"}});
    for (int v = 0; v < 16; ++v) {
      const auto path = QatPath(i * 16 + v);
      AddPci(path, "8086", "4941", "vfio-pci", i % 2);
      tree_[path + "/physfn"] = {Kind::kLink, "../" + physical.substr(physical.rfind('/') + 1)};
      tree_[physical + "/virtfn" + N(v)] = {Kind::kLink, "../" + path.substr(path.rfind('/') + 1)};
      File("/sys/kernel/iommu_groups/" + N(groups_) + "/name", "type1");
      Link("/sys/class/vfio", N(groups_), "/sys/devices/virtual/vfio/" + N(groups_));
      Node("/dev/vfio/" + N(groups_), 237, groups_);
    }
    Node("/dev/vfio/vfio", 10, 196);
  }

  void AddFpga(int i) {
    const auto path = Format("/sys/devices/pci%04x:3a/%04x:3a:00.0", 0x300 + i, 0x300 + i) + Format("/%04x:3b:00.0", 0x300 + i);
    const auto region = path + "/fpga_region/region" + N(i);
    AddPci(path, "8086", "bcce", "dfl-pci", i % 2);
    Link("/sys/class/fpga_region", "region" + N(i), region);
    File(region + "/dfl-fme." + N(i) + "/ports_num", "2");
    for (int p = 0; p < 2; ++p) {
      const auto number = i * 2 + p;
      const auto port = region + "/dfl-port." + N(number);
      Files(port, {{"id", N(p)}, {"afu_id", Format("%032x", number)}, {"power_state", "0x0"}});
      File(port + "/errors/errors", "0x0");
      Node("/dev/dfl-port." + N(number), 238, number);
    }
  }

  void AddAccel(int i) {
    const auto path = Format("/sys/devices/pci%04x:1b/%04x:1b:00.0", 0x400 + i, 0x400 + i);
    AddPci(path, "1da3", "1020", "habanalabs", i % 2);
    File(path + "/status", "Operational");
    AddClassDevice("accel", path + "/accel/accel" + N(i), path);
    Node("/dev/accel/accel" + N(i), 261, i);
  }

  void AddGpu(int i) {
    const auto path = Format("/sys/devices/pci%04x:1c/%04x:1c:00.0", 0x500 + i, 0x500 + i);
    AddPci(path, "8086", "0bd5", "xe", i % 2);
    AddClassDevice("drm", path + "/drm/renderD" + N(128 + i), path);
    Node("/dev/dri/renderD" + N(128 + i), 226, 128 + i);
  }

  void AddClassDevice(const std::string& kind, const std::string& own, const std::string& parent) {
    Link("/sys/class/" + kind, own.substr(own.rfind('/') + 1), own);
    tree_[own + "/device"] = {Kind::kLink, "../../../" + parent.substr(parent.rfind('/') + 1)};
  }

  MachineTree tree_;
  int groups_ = 0;
};

}  // namespace

std::string QatPath(int index) {
  const int domain = 0x200 + index / 16;
  const int function = index % 16 + 1;
  return Format("/sys/devices/pci%04x:6b/%04x:6b:", domain, domain) + Format("%02x.%d", function / 8, function % 8);
}

std::string UaccePath(int index) {
  const int domain = 0x10 + index / 8;
  const int port = index % 8;
  return Format("/sys/devices/pci%04x:40/%04x:40:00.0", domain, domain) + Format("/%04x:41:00.0", domain) +
         Format("/%04x:42:%02x.0", domain, port) + Format("/%04x:%02x:00.0", domain, 0x43 + port);
}

std::string DsaPath(int index) {
  return Format("/sys/devices/pci%04x:6a/%04x:6a:01.0", 0x100 + index, 0x100 + index) + "/dsa" + N(index);
}

MachineTree MixedMachine() { return Builder().Build(); }

MachineTree UacceMachine(int devices) { return Builder().BuildUacce(devices); }

}  // namespace nacelle

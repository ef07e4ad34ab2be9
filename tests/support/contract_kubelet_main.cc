// SPDX-License-Identifier: Apache-2.0
// A kubelet for demonstrations: takes device plugins in a folder, prints what
// they offer whenever it changes, and allocates on request.
#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/contract_kubelet.h"

namespace {

namespace fs = std::filesystem;
using nacelle::ContractKubelet;
using nacelle::ToldDevices;

constexpr std::string_view kUsage =
    "usage: contract-kubelet --dir DIR [--allocate RESOURCE=COUNT]... [--until-changes N] [--timeout SECONDS]\n"
    "  Plays the kubelet in DIR, prints resources and devices as they change.\n"
    "  Ends with 0 after N changes and all allocations; with 1 after SECONDS (default 60).\n"
    "example: contract-kubelet --dir /tmp/kubelet --allocate nacelle.dev/sw-zip=1 --until-changes 2\n";

struct Options {
  std::string dir;
  std::map<std::string, int> allocate;
  int until_changes = 1;
  int timeout_s = 60;
};

bool ParseWanted(const std::string& text, std::map<std::string, int>& wanted) {
  const auto equals = text.find('=');
  const auto count = equals == std::string::npos ? 1 : std::atoi(text.c_str() + equals + 1);
  // One container asks for a resource once.
  return count >= 1 && wanted.emplace(text.substr(0, equals), count).second;
}

std::optional<Options> Parse(int argc, char** argv) {
  Options options;
  for (int i = 1; i + 1 < argc; i += 2) {
    const std::string_view flag = argv[i];
    const std::string value = argv[i + 1];
    if (flag == "--dir") options.dir = value;
    else if (flag == "--until-changes") options.until_changes = std::atoi(value.c_str());
    else if (flag == "--timeout") options.timeout_s = std::atoi(value.c_str());
    else if (flag != "--allocate" || !ParseWanted(value, options.allocate)) return std::nullopt;
  }
  if (argc % 2 == 0 || options.dir.empty()) return std::nullopt;
  return options;
}

using Node = std::map<std::string, ToldDevices>;  // by resource

Node Look(const ContractKubelet& kubelet) {
  Node node;
  for (const auto& resource : kubelet.Resources()) {
    if (kubelet.Messages(resource) > 0) node[resource] = kubelet.Devices(resource);
  }
  return node;
}

std::string NumaText(const std::vector<int>& nodes) {
  std::string text;
  for (const int node : nodes) text += (text.empty() ? "NUMA node " : " or ") + std::to_string(node);
  return text;
}

void Print(const Node& node) {
  for (const auto& [resource, devices] : node) {
    const auto healthy = std::count_if(devices.begin(), devices.end(), [](auto& d) { return d.second.healthy; });
    std::cout << resource << "  capacity " << devices.size() << ", allocatable " << healthy << '\n';
    for (const auto& [id, device] : devices) {
      std::cout << "  " << (device.healthy ? "Healthy    " : "Unhealthy  ") << id << "  " << NumaText(device.numa) << '\n';
    }
  }
  std::cout << std::endl;
}

void PrintFolder(const std::string& container_path, const fs::path& host_path) {
  std::cout << "  mount   " << container_path << '\n';
  for (const auto& entry : fs::directory_iterator(host_path)) {
    std::cout << "            " << entry.path().filename().native();
    if (entry.is_symlink()) std::cout << " -> " << fs::read_symlink(entry.path()).native();
    std::cout << '\n';
  }
}

void Print(const nacelle::StartedContainer& container) {
  std::cout << "a container would get\n";
  for (const auto& node : container.nodes) std::cout << "  device  " << node << " (rw)\n";
  for (const auto& [path, host_path] : container.mounts) PrintFolder(path, host_path);
  for (const auto& [name, value] : container.variables) std::cout << "  env     " << name << '=' << value << '\n';
  const auto description = container.mounts.find("/run/nacelle");
  if (description == container.mounts.end()) return;
  std::cout << "/run/nacelle/functions.json\n"
            << std::ifstream(fs::path(description->second) / "functions.json").rdbuf() << std::endl;
}

bool CanAllocate(const Node& node, const std::map<std::string, int>& wanted) {
  for (const auto& [resource, count] : wanted) {
    const auto it = node.find(resource);
    if (it == node.end() || it->second.size() < static_cast<std::size_t>(count)) return false;
  }
  return true;
}

bool Allocate(ContractKubelet& kubelet, const std::map<std::string, int>& wanted) {
  if (auto status = kubelet.Admit("demo", "main", wanted); !status) {
    std::cerr << "contract-kubelet: " << status.error().message() << '\n';
    return false;
  }
  const auto started = kubelet.StartContainer("demo", "main");
  if (!started) {
    std::cerr << "contract-kubelet: " << started.error().message() << '\n';
    return false;
  }
  Print(*started);
  return true;
}

int Run(const Options& options) {
  ContractKubelet kubelet(options.dir);
  kubelet.Start();
  Node shown;
  bool allocated = options.allocate.empty();
  int changes = 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(options.timeout_s);
  while (changes < options.until_changes || !allocated) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (!kubelet.Wait([&] { return Look(kubelet) != shown; }, left)) {
      std::cerr << "contract-kubelet: nothing more changed within " << options.timeout_s << " s\n";
      return 1;
    }
    shown = Look(kubelet);
    ++changes;
    Print(shown);
    if (allocated || !CanAllocate(shown, options.allocate)) continue;
    if (!Allocate(kubelet, options.allocate)) return 1;
    allocated = true;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 2 && std::string_view(argv[1]) == "--help") {
    std::cout << kUsage;
    return 0;
  }
  const auto options = Parse(argc, argv);
  if (!options) {
    std::cerr << kUsage;
    return 2;
  }
  return Run(*options);
}

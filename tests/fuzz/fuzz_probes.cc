// SPDX-License-Identifier: Apache-2.0
// Every probe over an arbitrary machine, written as a machine's text.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "agent/discovery/build_inventory.h"
#include "agent/discovery/memory_facts.h"
#include "agent/host/machine_text.h"
#include "agent/probe/builtin_probes.h"
#include "core/config/hardware_file.h"

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxEntries = 300;

// One folder for all inputs, in memory where there is such a place.
const fs::path& Folder() {
  static const fs::path folder = [] {
    std::string pattern = (fs::exists("/dev/shm") ? "/dev/shm" : "/tmp") + std::string("/fuzz-probes-XXXXXX");
    if (mkdtemp(pattern.data()) == nullptr) abort();
    return fs::path(pattern);
  }();
  return folder;
}

void CheckInventory(const nacelle::Inventory& inventory) {
  for (std::size_t i = 1; i < inventory.functions.size(); ++i) {
    if (inventory.functions[i - 1].id >= inventory.functions[i].id) __builtin_trap();
  }
  for (const auto& function : inventory.functions) {
    if (function.id.empty() || function.id.size() > 58 || function.health.healthy != function.health.reason.empty()) __builtin_trap();
  }
  for (const auto& problem : inventory.problems) {
    if (problem.message.empty()) __builtin_trap();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tree = nacelle::ParseMachine(std::string_view(reinterpret_cast<const char*>(data), size));
  if (!tree || tree->size() > kMaxEntries) return 0;
  const fs::path root = Folder() / "machine";
  fs::create_directories(root);
  if (nacelle::UnpackMachine(*tree, root).ok()) {
    static const auto table = nacelle::BuiltinHardware();
    static const auto probes = nacelle::BuiltinProbes(table);
    const nacelle::HostRoot host(root);
    nacelle::Facts facts;
    for (const auto& probe : probes) facts.families.push_back({std::string(probe->family()), probe->Scan(host)});
    if (auto memory = nacelle::ReadMemoryFacts(host)) facts.memory.facts = std::move(memory->nodes);
    CheckInventory(nacelle::BuildInventory(std::move(facts), {}));
  }
  std::error_code ignored;
  fs::remove_all(root, ignored);
  return 0;
}

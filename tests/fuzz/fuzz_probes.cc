// SPDX-License-Identifier: Apache-2.0
// Every probe over an arbitrary machine, written as a machine's text.
#include <stdlib.h>

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/discovery/build_inventory.h"
#include "agent/discovery/memory_facts.h"
#include "agent/host/machine_text.h"
#include "agent/probe/builtin_probes.h"
#include "agent/probe/unclaimed_devices.h"
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

namespace {

using nacelle::Facts;

void AddUnclaimed(const nacelle::HostRoot& host, const nacelle::HardwareTable& table, Facts& facts) {
  std::vector<const nacelle::Function*> found;
  std::set<std::string> unknown;
  for (const auto& family : facts.families) {
    if (!family.findings) {
      unknown.insert(family.family);
      continue;
    }
    for (const auto& function : family.findings->functions) found.push_back(&function);
  }
  const nacelle::ClaimedDevices claimed(found);
  auto all = FindUnclaimed(host, table, claimed, unknown, facts.problems);
  if (!all) return;
  facts.unclaimed = *std::move(all);
  const auto again = FindUnclaimedAgain(host, table, claimed, unknown, facts.unclaimed, {"/sys/devices/elsewhere"}, facts.problems);
  if (again.size() != facts.unclaimed.size()) __builtin_trap();
}

std::vector<std::string> PathsOf(const nacelle::Inventory& inventory) {
  std::vector<std::string> paths;
  for (const auto& function : inventory.functions) paths.push_back(function.path);
  return paths;
}

// Reading a machine again that has not changed comes to the same, whatever is
// suspected.
void CheckRescan(const nacelle::HostRoot& host, const std::vector<std::unique_ptr<const nacelle::Probe>>& probes,
                 const Facts& facts, const nacelle::Inventory& inventory) {
  for (const auto& changed : {std::vector<std::string>{"/sys/devices/elsewhere"}, PathsOf(inventory)}) {
    Facts again = facts;
    for (std::size_t i = 0; i < probes.size(); ++i) {
      auto& findings = again.families[i].findings;
      if (findings) findings = probes[i]->Rescan(host, *facts.families[i].findings, changed);
    }
    if (nacelle::BuildInventory(again, {}).functions != inventory.functions) __builtin_trap();
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
    Facts facts;
    for (const auto& probe : probes) facts.families.push_back({std::string(probe->family()), probe->Scan(host)});
    if (auto memory = nacelle::ReadMemoryFacts(host)) facts.memory.facts = std::move(memory->nodes);
    AddUnclaimed(host, table, facts);
    const auto inventory = nacelle::BuildInventory(facts, {});
    CheckInventory(inventory);
    CheckRescan(host, probes, facts, inventory);
  }
  std::error_code ignored;
  fs::remove_all(root, ignored);
  return 0;
}

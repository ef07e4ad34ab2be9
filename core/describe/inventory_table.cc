// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_table.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <set>
#include <string_view>
#include <vector>

#include "core/describe/aligned_rows.h"

namespace nacelle {
namespace {

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

std::string Join(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string OrDash(const std::string& text) { return text.empty() ? "-" : text; }

std::string NearestOf(const Inventory& inventory, const Function& function) {
  const auto all = AffinitiesOf(inventory, function);
  if (all.empty() || all.front().distance >= kUnknownDistance) return {};
  return all.front().domain + " (" + std::to_string(all.front().distance) + ")";
}

std::string NodesOf(const Function& function) {
  std::vector<std::string> paths;
  for (const auto& queue : function.queues) {
    for (const auto& node : queue.nodes) paths.push_back(node.path);
  }
  return Join(paths);
}

Row RowOf(const Inventory& inventory, const Function& function, Colour colour) {
  std::string access(Name(function.access));
  if (!function.access_note.empty()) access += '*';
  return {function.id,
          function.interface,
          OrDash(function.numa ? std::to_string(*function.numa) : ""),
          OrDash(NearestOf(inventory, function)),
          access,
          OrDash(Join(function.operations)),
          OrDash(NodesOf(function)),
          FormatHealth(function, colour)};
}

const Health* FirstUnhealthy(const Function& function) {
  if (!function.health.healthy) return &function.health;
  for (const auto& queue : function.queues) {
    if (!queue.health.healthy) return &queue.health;
  }
  return nullptr;
}

}  // namespace

std::string FormatHealth(const Function& function, Colour colour) {
  const auto* trouble = FirstUnhealthy(function);
  std::string text = trouble == nullptr ? "healthy" : "unhealthy: " + trouble->reason;
  if (colour == Colour::kNo) return text;
  return std::string(trouble == nullptr ? kGreen : kRed) + text + std::string(kPlain);
}

std::string FormatBytes(std::uint64_t bytes) {
  static constexpr std::array<const char*, 6> kUnits = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  std::size_t unit = 0;
  while (value >= 1024 && unit + 1 < kUnits.size()) {
    value /= 1024;
    ++unit;
  }
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), unit > 0 && value < 10 ? "%.1f %s" : "%.0f %s", value, kUnits[unit]);
  return text.data();
}

std::string FormatTable(const Inventory& inventory, Colour colour) {
  std::string text;
  if (inventory.functions.empty()) {
    text = "No accelerator functions.\n";
  } else {
    std::vector<Row> rows = {
        {"FUNCTION", "INTERFACE", "NUMA", "NEAREST", "ACCESS", "OPERATIONS", "NODES", "HEALTH"}};
    for (const auto& function : inventory.functions) rows.push_back(RowOf(inventory, function, colour));
    text = AlignRows(rows);
  }
  std::set<std::string> notes;
  for (const auto& function : inventory.functions) notes.insert(function.access_note);
  for (const auto& note : notes) {
    if (!note.empty()) text += "* " + note + "\n";
  }
  for (const auto& [object, message] : inventory.problems) text += "problem: " + object + ": " + message + "\n";
  return text;
}

}  // namespace nacelle

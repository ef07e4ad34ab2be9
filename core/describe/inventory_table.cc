// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_table.h"

#include <array>
#include <cstdint>
#include <cstdio>
#include <string_view>
#include <vector>

#include "core/base/printable.h"
#include "core/describe/aligned_rows.h"
#include "core/describe/notes.h"
#include "core/describe/printable_inventory.h"

namespace nacelle {
namespace {

constexpr std::string_view kGreen = "\x1b[32m";
constexpr std::string_view kRed = "\x1b[31m";
constexpr std::string_view kPlain = "\x1b[0m";

constexpr std::size_t kOperationsShown = 4;
constexpr std::size_t kNodesShown = 2;

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
  return Shortened(paths, kNodesShown, ",");
}

std::string Coloured(const std::string& text, bool is_well, Colour colour) {
  if (colour == Colour::kNo) return text;
  return std::string(is_well ? kGreen : kRed) + text + std::string(kPlain);
}

Row RowOf(const Inventory& inventory, const Notes& notes, const Function& function, Colour colour) {
  const bool is_well = TroubleOf(function).empty();
  return {function.id,
          function.interface,
          OrDash(function.numa ? std::to_string(*function.numa) : ""),
          OrDash(NearestOf(inventory, function)),
          notes.AccessOf(function),
          OrDash(Shortened(function.operations, kOperationsShown, ",")),
          OrDash(NodesOf(function)),
          Coloured(is_well ? "healthy" : "unhealthy", is_well, colour)};
}

}  // namespace

std::string TroubleOf(const Function& function) {
  if (!function.health.healthy) return function.health.reason;
  std::vector<const Queue*> unwell;
  for (const auto& queue : function.queues) {
    if (!queue.health.healthy) unwell.push_back(&queue);
  }
  if (unwell.empty()) return {};
  const auto& first = *unwell.front();
  if (function.queues.size() == 1) return first.health.reason;
  return std::to_string(unwell.size()) + " of " + std::to_string(function.queues.size()) + " queues, " + first.id + ": " +
         first.health.reason;
}

std::string FormatHealth(const Function& function, Colour colour) {
  const auto trouble = Printable(TroubleOf(function));
  return Coloured(trouble.empty() ? "healthy" : "unhealthy: " + trouble, trouble.empty(), colour);
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

std::string FormatTable(const Inventory& given, Colour colour) {
  const auto inventory = PrintableInventory(given);
  const Notes notes(inventory);
  std::string text;
  std::string troubles;
  if (inventory.functions.empty()) {
    text = "No accelerator functions.\n";
  } else {
    std::vector<Row> rows = {
        {"FUNCTION", "INTERFACE", "NUMA", "NEAREST", "ACCESS", "OPERATIONS", "NODES", "HEALTH"}};
    for (const auto& function : inventory.functions) {
      rows.push_back(RowOf(inventory, notes, function, colour));
      if (const auto trouble = TroubleOf(function); !trouble.empty()) troubles += "unhealthy: " + function.id + ": " + trouble + "\n";
    }
    text = AlignRows(rows);
  }
  for (const auto& note : notes.Lines()) text += note + "\n";
  text += troubles;
  for (const auto& [object, message] : inventory.problems) text += "problem: " + object + ": " + message + "\n";
  return text;
}

}  // namespace nacelle

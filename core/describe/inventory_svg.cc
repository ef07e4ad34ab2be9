// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_svg.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/join.h"
#include "core/describe/inventory_table.h"
#include "core/describe/link_lanes.h"
#include "core/describe/machine_blocks.h"
#include "core/describe/notes.h"
#include "core/describe/svg_canvas.h"

namespace nacelle {
namespace {

using Kind = MachineBlock::Kind;
using Swatch = std::pair<std::string_view, std::string_view>;  // name, fill

constexpr int kMargin = 28;
constexpr int kGap = 14;
constexpr int kPad = 10;
constexpr int kNodeWidth = 430;
constexpr int kColumnsInRow = 4;
constexpr int kHead = 74;      // the picture's title
constexpr int kTitle = 30;     // of a package or node
constexpr int kBridgeTitle = 22;
constexpr int kLine = 16;
constexpr int kChip = 38;      // of memory
constexpr int kBetween = 6;    // boxes of one box

constexpr std::array<Swatch, 13> kFamilies = {{{"accel", "#c026d3"},
                                               {"ap", "#be185d"},
                                               {"crypto", "#6b7280"},
                                               {"drm", "#0f766e"},
                                               {"fastrpc", "#9f1239"},
                                               {"fpga", "#d97706"},
                                               {"idxd", "#0891b2"},
                                               {"mdev", "#a16207"},
                                               {"ocxl", "#0369a1"},
                                               {"qat", "#7c3aed"},
                                               {"uacce", "#2563eb"},
                                               {"vfio", "#475569"},
                                               {"zip", "#4d7c0f"}}};
constexpr std::array<Swatch, 4> kMemories = {{{"dram", "#dbeafe"}, {"hbm", "#fed7aa"}, {"cxl", "#ccfbf1"}, {"nvm", "#fef08a"}}};
constexpr std::string_view kOffered = "#e0e7ff";

template <std::size_t N>
std::string_view FillOf(const std::array<Swatch, N>& colours, std::string_view name) {
  for (const auto& [known, fill] : colours) {
    if (known == name) return fill;
  }
  return "#334155";
}

const Health& HealthOf(const Function& function) {
  if (!function.health.healthy) return function.health;
  for (const auto& queue : function.queues) {
    if (!queue.health.healthy) return queue.health;
  }
  return function.health;
}

std::string Counted(std::size_t count, const std::string& what) {
  return (count == 0 ? "no" : std::to_string(count)) + " " + what + (count == 1 ? "" : "s");
}

std::string SizeOf(const MemoryDomain& domain) { return domain.capacity_bytes ? FormatBytes(*domain.capacity_bytes) : "size unknown"; }

// All of a function, for who points at it.
std::string TooltipOf(const Function& function, const FunctionUse& use) {
  std::string text = function.id + ": " + Join(function.operations, ", ");
  if (!function.access_note.empty()) text += "; " + function.access_note;
  for (const auto& queue : function.queues) {
    text += "; queue " + queue.id;
    for (const auto& node : queue.nodes) text += " " + node.path;
  }
  if (!use.offered.empty()) text += "; offered as " + use.offered;
  if (!use.held.empty()) text += "; held by " + use.held;
  return text;
}

int ColumnsOf(const MachineBlock& block) { return block.kind == Kind::kPackage ? static_cast<int>(block.below.size()) : 1; }

int WidthOf(const MachineBlock& block) {
  if (block.kind != Kind::kPackage) return kNodeWidth;
  return ColumnsOf(block) * (kNodeWidth + kGap) - kGap + 2 * kPad;
}

class Picture {
 public:
  Picture(const Inventory& inventory, const std::map<std::string, FunctionUse>& uses)
      : inventory_(inventory), uses_(uses), blocks_(BuildMachineBlocks(inventory)), notes_(inventory), note_lines_(notes_.Lines()) {}

  std::string Draw() {
    const auto [width, height] = PlaceBlocks(false);
    const int all = height + kLegend + static_cast<int>(note_lines_.size()) * kLine;
    canvas_.Box({0, 0, width, all}, "page");
    DrawTitle(width);
    PlaceBlocks(true);
    for (const auto& lane : BuildLinkLanes(inventory_.links, anchors_)) {
      const auto strength = std::string(Name(lane.strength));
      canvas_.Begin("data passes without the CPU: " + strength + (lane.assumed ? ", as far as nothing says that it does not" : ""));
      canvas_.Path(lane.Path(), strength + (lane.assumed ? " assumed" : ""));
      canvas_.End();
    }
    DrawLegend(height);
    for (std::size_t i = 0; i < note_lines_.size(); ++i) {
      canvas_.Text(kMargin, height + kLegend - 2 + static_cast<int>(i) * kLine, width - 2 * kMargin, "small", note_lines_[i]);
    }
    return canvas_.Finish(width, all, "Accelerators of " + MachineName());
  }

 private:
  static constexpr int kLegend = 56;

  std::string MachineName() const { return inventory_.node.empty() ? "this machine" : inventory_.node; }

  FunctionUse UseOf(const Function& function) const {
    const auto use = uses_.find(function.id);
    return use == uses_.end() ? FunctionUse() : use->second;
  }

  int HeightOf(const MachineBlock& block) const {
    if (block.kind == Kind::kFunction) {
      const auto more = static_cast<int>(block.memories.size()) + (UseOf(*block.function).offered.empty() ? 0 : 1);
      return (3 + more + (HealthOf(*block.function).healthy ? 0 : 1)) * kLine + 10;
    }
    int height = 0;
    if (block.kind == Kind::kPackage) {
      for (const auto& below : block.below) height = std::max(height, HeightOf(below));
      return kTitle + height + kPad;
    }
    height = block.kind == Kind::kNode ? kTitle : kBridgeTitle;
    height += static_cast<int>((block.memories.size() + 1) / 2) * (kChip + kBetween);
    for (const auto& below : block.below) height += HeightOf(below) + kBetween;
    return height + (block.kind == Kind::kNode ? kPad : 2);
  }

  // From left to right, in rows; the size of all together.
  std::pair<int, int> PlaceBlocks(bool draw) {
    int x = kMargin;
    int y = kHead;
    int columns = 0;
    int row = 0;
    int width = 2 * kMargin + kNodeWidth + kLaneRoom;
    for (const auto& block : blocks_) {
      if (columns > 0 && columns + ColumnsOf(block) > kColumnsInRow) {
        x = kMargin;
        y += row + kGap;
        columns = row = 0;
      }
      if (draw) DrawBlock(block, {x, y, WidthOf(block), HeightOf(block)});
      x += WidthOf(block) + kGap;
      columns += ColumnsOf(block);
      row = std::max(row, HeightOf(block));
      width = std::max(width, x - kGap + kMargin);
    }
    return {width, y + row + kGap};
  }

  void DrawTitle(int width) {
    const auto& functions = inventory_.functions;
    const auto unwell = static_cast<std::size_t>(
        std::count_if(functions.begin(), functions.end(), [](const Function& f) { return !HealthOf(f).healthy; }));
    canvas_.Text(kMargin, 34, width - 2 * kMargin, "title", MachineName());
    std::string note = Counted(functions.size(), "accelerator function");
    if (unwell > 0) note += ", " + std::to_string(unwell) + " unhealthy";
    note += "; " + Counted(inventory_.domains.size(), "memory domain");
    if (!inventory_.problems.empty()) note += "; " + Counted(inventory_.problems.size(), "problem");
    canvas_.Text(kMargin, 56, width - 2 * kMargin, "note", note);
  }

  void DrawBlock(const MachineBlock& block, const SvgRect& at) {
    switch (block.kind) {
      case Kind::kPackage: return DrawPackage(block, at);
      case Kind::kNode: return DrawNode(block, at);
      case Kind::kBridge: return DrawBridge(block, at);
      case Kind::kFunction: return DrawFunction(block, at);
    }
  }

  void DrawPackage(const MachineBlock& block, const SvgRect& at) {
    canvas_.Box(at, "package");
    canvas_.Text(at.x + kPad, at.y + 20, at.width - 2 * kPad, "head", block.title);
    int x = at.x + kPad;
    for (const auto& below : block.below) {
      DrawBlock(below, {x, at.y + kTitle, kNodeWidth, at.height - kTitle - kPad});
      x += kNodeWidth + kGap;
    }
  }

  void DrawNode(const MachineBlock& block, const SvgRect& at) {
    canvas_.Box(at, "node");
    canvas_.Text(at.x + kPad, at.y + 20, at.width - 2 * kPad, "head", block.title);
    const SvgRect inner{at.x + kPad, at.y + kTitle, at.width - kPad - kLaneRoom, 0};
    link_x_ = inner.x + inner.width;
    int y = inner.y;
    for (std::size_t i = 0; i < block.memories.size(); ++i) {
      const int half = (inner.width - kBetween) / 2;
      const int x = inner.x + (i % 2 == 0 ? 0 : half + kBetween);
      DrawMemory(*block.memories[i], {x, y, half, kChip});
      if (i % 2 == 1 || i + 1 == block.memories.size()) y += kChip + kBetween;
    }
    DrawBelow(block, {inner.x, y, inner.width, 0});
  }

  void DrawBelow(const MachineBlock& block, SvgRect at) {
    for (const auto& below : block.below) {
      at.height = HeightOf(below);
      DrawBlock(below, at);
      at.y += at.height + kBetween;
    }
  }

  void DrawMemory(const MemoryDomain& domain, const SvgRect& at) {
    canvas_.Begin(domain.id + ": " + std::string(Name(domain.kind)) + ", " + domain.decided_by);
    canvas_.Box(at, "memory", FillOf(kMemories, Name(domain.kind)));
    canvas_.Text(at.x + 8, at.y + 16, at.width - 16, "chip", domain.id);
    canvas_.Text(at.x + 8, at.y + 31, at.width - 16, "small", SizeOf(domain));
    canvas_.End();
  }

  void DrawBridge(const MachineBlock& block, const SvgRect& at) {
    canvas_.Box(at, "bridge");
    canvas_.Text(at.x + 8, at.y + 15, at.width - 16, "bus", block.title);
    DrawBelow(block, {at.x + 8, at.y + kBridgeTitle, at.width - 8, 0});
  }

  void DrawFunction(const MachineBlock& block, const SvgRect& at) {
    const auto& function = *block.function;
    const auto& health = HealthOf(function);
    const int width = at.width - 34;
    const auto use = UseOf(function);
    canvas_.Begin(TooltipOf(function, use));
    canvas_.Box(at, health.healthy ? "function" : "bad");
    canvas_.Box({at.x, at.y, 6, at.height}, "stripe", FillOf(kFamilies, function.family));
    canvas_.Circle(at.x + at.width - 14, at.y + 14, 5, StateOf(function, health));
    int y = at.y + kLine;
    canvas_.Text(at.x + 14, y, width, "id", function.id);
    if (!function.name.empty()) {
      const int after = TextWidth("id", function.id) + 10;
      if (after + 40 < width) canvas_.Text(at.x + 14 + after, y, width - after, "small", function.name);
    }
    canvas_.Text(at.x + 14, y += kLine, width, "small", SummaryOf(function));
    canvas_.Text(at.x + 14, y += kLine, width, "small",
                 function.operations.empty() ? "operations unknown" : Join(function.operations, ", "));
    for (const auto* domain : block.memories) {
      const auto text = "own memory: " + std::string(Name(domain->kind)) + " " + SizeOf(*domain);
      DrawPill({at.x + 12, y += kLine, width, 0}, "memory", FillOf(kMemories, Name(domain->kind)), text);
    }
    if (!use.offered.empty()) DrawUse({at.x + 12, y += kLine, width, 0}, use);
    if (!health.healthy) canvas_.Text(at.x + 14, y + kLine, width, "reason", TroubleOf(function));
    canvas_.End();
    anchors_[function.id] = {link_x_, at.y + at.height / 2};
  }

  // A text on a colour, with its baseline at the top of `at`; its width.
  int DrawPill(const SvgRect& at, std::string_view style, std::string_view fill, const std::string& text) {
    const int width = std::min(at.width, TextWidth("small", text) * 11 / 10 + 8);
    canvas_.Box({at.x, at.y - 12, width, 15}, style, fill);
    canvas_.Text(at.x + 4, at.y, at.width - 8, "small", text);
    return width;
  }

  void DrawUse(const SvgRect& at, const FunctionUse& use) {
    const int after = DrawPill(at, "offer", kOffered, use.offered) + 8;
    if (!use.held.empty() && after + 60 < at.width) {
      canvas_.Text(at.x + after, at.y, at.width - after, "holder", "held by " + use.held);
    }
  }

  static std::string_view StateOf(const Function& function, const Health& health) {
    if (!health.healthy) return "unwell";
    return function.queues.empty() ? "idle" : "well";
  }

  std::string SummaryOf(const Function& function) const {
    return function.interface + ", memory access " + notes_.AccessOf(function) + ", " + Counted(function.queues.size(), "queue");
  }

  // Of what the picture has.
  void DrawLegend(int y) {
    std::set<std::string> families;
    std::set<std::string_view> states;
    for (const auto& function : inventory_.functions) {
      families.insert(function.family);
      states.insert(StateOf(function, HealthOf(function)));
    }
    int x = kMargin;
    for (const auto& family : families) DrawKey(x, y, "stripe", FillOf(kFamilies, family), family);
    for (const auto& [style, text] : {std::pair("well", "healthy"), {"unwell", "unhealthy"}, {"idle", "no queue"}}) {
      if (!states.contains(style)) continue;
      canvas_.Circle(x + 6, y + 11, 5, style);
      canvas_.Text(x + 18, y + 15, 200, "small", text);
      x += 34 + TextWidth("small", text);
    }
    if (!uses_.empty()) DrawKey(x, y, "offer", kOffered, "offered as");
    DrawLinesLegend(y + 22);
  }

  void DrawLinesLegend(int y) {
    std::set<std::string_view> memories;
    std::set<std::pair<LinkStrength, bool>> links;
    for (const auto& domain : inventory_.domains) memories.insert(Name(domain.kind));
    for (const auto& link : inventory_.links) links.insert({link.strength, link.assumed});
    int x = kMargin;
    for (const auto& [name, fill] : kMemories) {
      if (memories.contains(name)) DrawKey(x, y, "memory", fill, std::string(name));
    }
    for (const auto& [strength, assumed] : links) {
      const auto style = std::string(Name(strength)) + (assumed ? " assumed" : "");
      const auto text = std::string(Name(strength)) + (assumed ? " (assumed)" : "");
      canvas_.Path("M" + std::to_string(x) + " " + std::to_string(y + 11) + "h24", style);
      canvas_.Text(x + 30, y + 15, 200, "small", text);
      x += 46 + TextWidth("small", text);
    }
  }

  void DrawKey(int& x, int y, std::string_view style, std::string_view fill, const std::string& text) {
    canvas_.Box({x, y + 5, 12, 12}, style, fill);
    canvas_.Text(x + 18, y + 15, 200, "small", text);
    x += 34 + TextWidth("small", text);
  }

  const Inventory& inventory_;
  const std::map<std::string, FunctionUse>& uses_;
  const std::vector<MachineBlock> blocks_;
  const Notes notes_;
  const std::vector<std::string> note_lines_;
  SvgCanvas canvas_;
  std::map<std::string, LinkAnchor> anchors_;
  int link_x_ = 0;  // the edge of the column that is being drawn
};

}  // namespace

std::string FormatSvg(const Inventory& inventory, const std::map<std::string, FunctionUse>& uses) {
  return Picture(inventory, uses).Draw();
}

}  // namespace nacelle

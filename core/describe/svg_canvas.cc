// SPDX-License-Identifier: Apache-2.0
#include "core/describe/svg_canvas.h"

#include <algorithm>
#include <array>
#include <utility>

namespace nacelle {
namespace {

constexpr std::string_view kStyles = R"(<style>
text{font-family:'DejaVu Sans',Verdana,sans-serif;fill:#0f172a}
.page{fill:#ffffff}
.title{font-size:20px;font-weight:bold}
.note{font-size:12px;fill:#475569}
.package{fill:#f1f5f9;stroke:#94a3b8}
.node{fill:#ffffff;stroke:#94a3b8}
.head{font-size:14px;font-weight:bold}
.memory{stroke:none}
.chip{font-size:12px;font-weight:bold}
.small{font-size:11px;fill:#334155}
.bridge{fill:#f8fafc;stroke:#cbd5e1}
.bus{font-size:11px;fill:#64748b}
.function{fill:#ffffff;stroke:#cbd5e1}
.bad{fill:#fef2f2;stroke:#dc2626}
.stripe{stroke:none}
.id{font-size:12px;font-weight:bold}
.offer{stroke:none}
.holder{font-size:11px;fill:#3730a3}
.reason{font-size:11px;fill:#b91c1c}
.well{fill:#16a34a}
.unwell{fill:#dc2626}
.idle{fill:#ffffff;stroke:#94a3b8;stroke-width:2}
.peer-to-peer{fill:none;stroke:#0f766e;stroke-width:2}
.on-card{fill:none;stroke:#c2410c;stroke-width:3}
.assumed{stroke-dasharray:4 3}
</style>
)";

// Pixels a character takes on average, in tenths.
constexpr std::array<std::pair<std::string_view, int>, 5> kWidths = {
    {{"title", 130}, {"head", 92}, {"chip", 80}, {"id", 80}, {"note", 70}}};
constexpr int kOtherWidth = 60;

int CharacterWidth(std::string_view style) {
  const auto* known = std::find_if(kWidths.begin(), kWidths.end(), [&](const auto& pair) { return pair.first == style; });
  return known == kWidths.end() ? kOtherWidth : known->second;
}

std::string Attribute(std::string_view name, std::string_view value) {
  return " " + std::string(name) + "=\"" + std::string(value) + "\"";
}

std::string Attribute(std::string_view name, int value) { return Attribute(name, std::to_string(value)); }

}  // namespace

std::string EscapeXml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c >= ' ' && c <= '~' ? c : '?';
    }
  }
  return escaped;
}

int TextWidth(std::string_view style, std::string_view text) {
  return static_cast<int>(text.size()) * CharacterWidth(style) / 10;
}

void SvgCanvas::Box(const SvgRect& rect, std::string_view style, std::string_view fill) {
  body_ += "<rect" + Attribute("class", style) + Attribute("x", rect.x) + Attribute("y", rect.y) +
           Attribute("width", rect.width) + Attribute("height", rect.height) + Attribute("rx", 4);
  if (!fill.empty()) body_ += " style=\"fill:" + std::string(fill) + "\"";
  body_ += "/>\n";
}

void SvgCanvas::Circle(int x, int y, int radius, std::string_view style) {
  body_ += "<circle" + Attribute("class", style) + Attribute("cx", x) + Attribute("cy", y) + Attribute("r", radius) + "/>\n";
}

void SvgCanvas::Text(int x, int y, int width, std::string_view style, std::string_view text) {
  const auto room = static_cast<std::size_t>(std::max(1, width * 10 / CharacterWidth(style)));
  const bool fits = text.size() <= room;
  body_ += "<text" + Attribute("class", style) + Attribute("x", x) + Attribute("y", y) + ">" +
           EscapeXml(fits ? text : text.substr(0, room - 1)) + (fits ? "" : "&#8230;") + "</text>\n";
}

void SvgCanvas::Begin(std::string_view tooltip) { body_ += "<g><title>" + EscapeXml(tooltip) + "</title>\n"; }

void SvgCanvas::End() { body_ += "</g>\n"; }

void SvgCanvas::Path(std::string_view path, std::string_view style) {
  body_ += "<path" + Attribute("class", style) + Attribute("d", path) + "/>\n";
}

std::string SvgCanvas::Finish(int width, int height, std::string_view title) const {
  const auto size = std::to_string(width) + " " + std::to_string(height);
  return "<svg xmlns=\"http://www.w3.org/2000/svg\"" + Attribute("width", width) + Attribute("height", height) +
         Attribute("viewBox", "0 0 " + size) + " role=\"img\">\n<title>" + EscapeXml(title) + "</title>\n" +
         std::string(kStyles) + body_ + "</svg>\n";
}

}  // namespace nacelle

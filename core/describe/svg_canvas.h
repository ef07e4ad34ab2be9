// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace nacelle {

// In units of a pixel, from the top left.
struct SvgRect {
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
};

// Draws an SVG picture, element by element. Every text is escaped; what is not
// printable ASCII is shown as "?". The same calls give the same bytes.
class SvgCanvas {
 public:
  // `style` is one of the classes of the picture's style sheet; `fill`, where it
  // is not empty, a colour that goes before the class's own.
  void Box(const SvgRect& rect, std::string_view style, std::string_view fill = {});
  void Circle(int x, int y, int radius, std::string_view style);
  // The baseline begins at x, y. A text that is wider than `width` ends in "…".
  void Text(int x, int y, int width, std::string_view style, std::string_view text);
  // What a reader sees when pointing at the next element drawn until End.
  void Begin(std::string_view tooltip);
  void End();
  // A line through the points of an SVG path, such as "M1 2H5".
  void Path(std::string_view path, std::string_view style);

  // The picture, of this size, with `title` for those who cannot see it.
  std::string Finish(int width, int height, std::string_view title) const;

 private:
  std::string body_;
};

// As it may stand in XML.
std::string EscapeXml(std::string_view text);

// How wide a text is drawn, about, in pixels: our styles differ in size.
int TextWidth(std::string_view style, std::string_view text);

}  // namespace nacelle

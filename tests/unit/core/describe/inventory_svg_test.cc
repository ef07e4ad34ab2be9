// SPDX-License-Identifier: Apache-2.0
#include "core/describe/inventory_svg.h"

#include <gtest/gtest.h>

#include "core/describe/svg_canvas.h"

namespace nacelle {
namespace {

Inventory Machine() {
  Inventory inventory;
  inventory.node = "n1";
  inventory.numa = {{0, true, {10}, 0}};
  inventory.functions.resize(1);
  auto& function = inventory.functions[0];
  function.id = "uacce-a";
  function.family = "uacce";
  function.interface = "hisi_zip";
  function.path = "/sys/devices/platform/a";
  function.numa = 0;
  function.queues.resize(1);
  return inventory;
}

TEST(InventorySvg, TextIsEscapedAndNothingElseThanAsciiIsWritten) {
  EXPECT_EQ(EscapeXml("<a b=\"c\">&\n\xc3\xa9"), "&lt;a b=&quot;c&quot;&gt;&amp;???");
  auto inventory = Machine();
  inventory.node = "<script>";
  inventory.functions[0].operations = {"</title><script>"};
  const auto svg = FormatSvg(inventory);
  EXPECT_EQ(svg.find("<script>"), std::string::npos);
  EXPECT_NE(svg.find("&lt;script&gt;"), std::string::npos);
}

TEST(InventorySvg, EqualInventoriesGiveEqualPictures) { EXPECT_EQ(FormatSvg(Machine()), FormatSvg(Machine())); }

TEST(InventorySvg, AnUnhealthyFunctionSaysWhy) {
  auto inventory = Machine();
  EXPECT_EQ(FormatSvg(inventory).find("class=\"bad\""), std::string::npos);
  inventory.functions[0].health = {false, "in reset"};
  const auto svg = FormatSvg(inventory);
  EXPECT_NE(svg.find("class=\"bad\""), std::string::npos);
  EXPECT_NE(svg.find(">in reset</text>"), std::string::npos);
}

TEST(InventorySvg, TheLegendHasWhatThePictureHas) {
  auto inventory = Machine();
  inventory.domains = {{.id = "dram-0", .kind = MemoryKind::kDram, .numa = 0}};
  const auto well = FormatSvg(inventory);
  for (const auto* shown : {">healthy<", ">dram<"}) EXPECT_NE(well.find(shown), std::string::npos) << shown;
  for (const auto* absent : {">unhealthy<", ">no queue<", ">hbm<", ">cxl<", ">nvm<"}) EXPECT_EQ(well.find(absent), std::string::npos) << absent;
  inventory.functions[0].health = {false, "in reset"};
  EXPECT_NE(FormatSvg(inventory).find(">unhealthy<"), std::string::npos);
}

TEST(InventorySvg, NoFamilyHasTheColourOfHealth) {
  auto inventory = Machine();
  for (const auto* family : {"accel", "ap", "crypto", "drm", "fastrpc", "fpga", "idxd", "mdev", "ocxl", "qat", "uacce", "vfio", "zip", "another"}) {
    inventory.functions[0].family = family;
    const auto svg = FormatSvg(inventory);
    EXPECT_NE(svg.find(".well{fill:#16a34a}"), std::string::npos);
    for (const auto* colour : {"\"fill:#16a34a\"", "\"fill:#dc2626\""}) EXPECT_EQ(svg.find(colour), std::string::npos) << family;
  }
}

TEST(InventorySvg, AFunctionSaysHowItIsOfferedAndWhoHoldsIt) {
  EXPECT_EQ(FormatSvg(Machine()).find("offered as"), std::string::npos);
  const auto svg = FormatSvg(Machine(), {{"uacce-a", {"compression, 0 of 1 free", "default/p"}}});
  EXPECT_NE(svg.find(">compression, 0 of 1 free</text>"), std::string::npos);
  EXPECT_NE(svg.find(">held by default/p</text>"), std::string::npos);
  EXPECT_NE(svg.find("; offered as compression, 0 of 1 free; held by default/p</title>"), std::string::npos);
}

TEST(InventorySvg, ALinkSaysWhatItIsToWhoPointsAtIt) {
  auto inventory = Machine();
  inventory.functions.resize(2);
  inventory.functions[1] = inventory.functions[0];
  inventory.functions[1].id = "uacce-b";
  inventory.links = {{"uacce-a", "uacce-b", LinkStrength::kPeerToPeer, false}, {"uacce-b", "uacce-a", LinkStrength::kPeerToPeer, false}};
  EXPECT_NE(FormatSvg(inventory).find("<title>data passes without the CPU: peer-to-peer</title>\n<path"), std::string::npos);
}

TEST(InventorySvg, ATextThatIsTooWideIsCut) {
  SvgCanvas canvas;
  canvas.Text(0, 0, 60, "small", "0123456789");
  canvas.Text(0, 0, 60, "small", "0123456789a");
  const auto svg = canvas.Finish(100, 100, "t");
  EXPECT_NE(svg.find(">0123456789</text>"), std::string::npos);
  EXPECT_NE(svg.find(">012345678&#8230;</text>"), std::string::npos);
}

TEST(InventorySvg, AMachineWithoutFunctionsIsAPictureAsWell) {
  EXPECT_NE(FormatSvg({}).find("no accelerator functions"), std::string::npos);
}

}  // namespace
}  // namespace nacelle

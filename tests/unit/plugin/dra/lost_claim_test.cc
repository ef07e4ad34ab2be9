// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/lost_claim.h"

#include <gtest/gtest.h>

#include "plugin/grant/view.h"

namespace nacelle {
namespace {

Inventory Machine() {
  Inventory inventory;
  Function f{.id = "f", .family = "idxd"};
  f.queues = {{.id = "f-wq0"}, {.id = "f-wq1"}};
  inventory.functions = {f};
  return inventory;
}

Grant Granted(const std::string& resource, const std::string& device, const std::string& queue) {
  Grant grant;
  grant.resource = resource;
  grant.devices = {device};
  grant.queues = {{.id = queue, .function = "f"}};
  return grant;
}

TEST(LostClaim, HoldsWhatItsViewDescribes) {
  const auto view = BuildView(Machine(), {Granted("nacelle.dev/a", "f-wq0", "f-wq0"), Granted("nacelle.dev/b", "f-wq1-3", "f-wq1")});
  const auto held = ReadHeld(view.description);
  ASSERT_TRUE(held) << held.error().message();
  ASSERT_EQ(held->size(), 2u);
  EXPECT_EQ((*held)[0], (HeldShare{"nacelle.dev/a", "f-wq0", {"f-wq0"}, std::nullopt, Route::kDra}));
  EXPECT_EQ((*held)[1], (HeldShare{"nacelle.dev/b", "f-wq1-3", {"f-wq1"}, std::nullopt, Route::kDra}));
}

TEST(LostClaim, OfAFunctionThatIsGoneIsNotKnown) {
  const auto view = BuildView({}, {Granted("nacelle.dev/a", "f-wq0", "f-wq0")});
  EXPECT_NE(ReadHeld(view.description).error().message().find("'f-wq0' is of no queue"), std::string::npos);
}

TEST(LostClaim, ADescriptionWithoutSenseTellsNothing) {
  for (const auto* text : {"", "{", "[]", "{}", R"({"grants":[]})", R"({"grants":[{"devices":[1]}]})", R"({"grants":7})"}) {
    EXPECT_FALSE(ReadHeld(text)) << text;
  }
}

}  // namespace
}  // namespace nacelle

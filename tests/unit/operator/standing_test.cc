// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/standing.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

constexpr const char* kTen = "2026-01-01T10:00:00Z";
constexpr const char* kTenPast = "2026-01-01T10:10:00Z";

NodeObjectState Well() { return {.uid = "u", .generation = 2, .observed = 2, .ready = true}; }

NodeObjectState Ill() {
  auto ill = Well();
  ill.ready = false;
  return ill;
}

NodeObjectState WellSinceTen() { return Continue({}, Well(), kTen); }

TEST(Standing, ANodeThatIsIllAfterTenMinutesWithItsSpecIsSoLaterAndStaysSoUntilItIsWell) {
  EXPECT_FALSE(Continue(WellSinceTen(), Ill(), "2026-01-01T10:09:59Z").ill_later);
  auto ill = Continue(Continue(WellSinceTen(), Well(), "2026-01-01T10:05:00Z"), Ill(), kTenPast);
  EXPECT_TRUE(ill.ill_later);
  ill = Continue(ill, Ill(), kTenPast);
  EXPECT_TRUE(ill.ill_later);
  const auto well = Continue(ill, Well(), kTenPast);
  EXPECT_FALSE(well.ill_later);
  EXPECT_EQ(well.well_since, kTenPast);
}

// Its agent was away when the spec was written, and is not ready from when it takes it.
TEST(Standing, ANodeThatTookItsSpecLateAndWasNeverReadyWithItIsNotIllLater) {
  auto written = Well();
  written.generation = 3;
  const auto away = Continue(WellSinceTen(), written, kTen);
  EXPECT_EQ(away.well_since, "");
  auto back = written;
  back.observed = 3;
  back.ready = false;
  EXPECT_FALSE(Continue(away, back, "2026-01-01T12:00:00Z").ill_later);
}

TEST(Standing, OfAnotherSpecOrObjectNothingIsRemembered) {
  auto ill = Ill();
  ill.generation = ill.observed = 3;
  EXPECT_FALSE(Continue(WellSinceTen(), ill, kTenPast).ill_later);
  ill = Ill();
  ill.uid = "other";
  EXPECT_FALSE(Continue(WellSinceTen(), ill, kTenPast).ill_later);
}

TEST(Standing, ANodeThatNoLongerServesItsDevicePluginIsSoSinceThenAndNotSinceItServesNoClaims) {
  auto before = Ill();
  before.no_claims = true;
  before.ready_changed = "2026-01-01T09:00:00Z";
  auto worse = before;
  worse.no_claims = false;
  worse = Continue(before, worse, kTen);
  EXPECT_EQ(worse.ready_changed, kTen);
  auto again = worse;
  again.ready_changed = before.ready_changed;
  EXPECT_EQ(Continue(worse, again, kTenPast).ready_changed, kTen);
}

}  // namespace
}  // namespace nacelle

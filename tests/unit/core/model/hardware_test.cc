// SPDX-License-Identifier: Apache-2.0
#include "core/model/hardware.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(KernelVersion, ReadsWhatUnameGives) {
  EXPECT_EQ(ParseKernelVersion("6.12.117-rt1"), (KernelVersion{6, 12, 117}));
  EXPECT_EQ(ParseKernelVersion("6.8.0-45-generic"), (KernelVersion{6, 8, 0}));
  EXPECT_EQ(ParseKernelVersion("7.0-rc3"), (KernelVersion{7, 0, 0}));
  EXPECT_EQ(ParseKernelVersion("6.6.y"), (KernelVersion{6, 6, 0}));
  EXPECT_FALSE(ParseKernelVersion("6"));
  EXPECT_FALSE(ParseKernelVersion("linux"));
  EXPECT_FALSE(ParseKernelVersion(""));
  EXPECT_FALSE(ParseKernelVersion("99999999999.1"));
}

TEST(SvaRule, TheFirstThatFitsDecides) {
  HardwareTable table;
  table.sva = {{"x86_64", "idxd", {6, 12, 60}, KernelVersion{6, 13, 0}, SvaVerdict::kRefused, "a"},
               {"", "", {}, std::nullopt, SvaVerdict::kWorks, "b"}};
  EXPECT_EQ(FindSvaRule(table, "x86_64", {6, 12, 117}, "idxd")->reason, "a");
  EXPECT_EQ(FindSvaRule(table, "x86_64", {6, 13, 0}, "idxd")->reason, "b");
  EXPECT_EQ(FindSvaRule(table, "aarch64", {6, 12, 117}, "idxd")->reason, "b");
  EXPECT_EQ(FindSvaRule(table, "x86_64", {6, 12, 117}, "hisi_zip")->reason, "b");
}

TEST(HardwareTable, MergingKeepsTheUsersRowsAndSorts) {
  HardwareTable builtin;
  builtin.afus = {{"b", "builtin", {}}, {"a", "builtin", {}}};
  HardwareTable user;
  user.afus = {{"b", "user", {"zlib"}}};
  const auto merged = Merge(builtin, user);
  ASSERT_EQ(merged.afus.size(), 2U);
  EXPECT_EQ(FindAfu(merged, "a")->name, "builtin");
  EXPECT_EQ(FindAfu(merged, "b")->name, "user");
  EXPECT_EQ(FindAfu(merged, "c"), nullptr);
}

}  // namespace
}  // namespace nacelle

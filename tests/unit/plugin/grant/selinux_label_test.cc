// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/selinux_label.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(KnowsSelinux, WhereTheKernelHasItsFileSystem) {
  EXPECT_TRUE(KnowsSelinux("nodev\tsysfs\nnodev\tselinuxfs\n\text4\n"));
  EXPECT_FALSE(KnowsSelinux("nodev\tsysfs\n\text4\n"));
  EXPECT_FALSE(KnowsSelinux("nodev\tmy_selinuxfs\n"));
}

}  // namespace
}  // namespace nacelle

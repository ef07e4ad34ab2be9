// SPDX-License-Identifier: Apache-2.0
#include "core/model/function.h"

#include <string>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(MakeId, IsMadeOfFamilyAndAddress) { EXPECT_EQ(MakeId("uacce", "0000:41:00.0"), "uacce-0000-41-00-0"); }

TEST(MakeId, IsADnsLabel) { EXPECT_EQ(MakeId("uacce", "SW_zip.3_"), "uacce-sw-zip-3"); }

TEST(MakeId, LongNamesStayDistinctWithinTheLimit) {
  const std::string base(80, 'a');
  const auto a = MakeId("uacce", base + "1");
  const auto b = MakeId("uacce", base + "2");
  EXPECT_EQ(a.size(), 58u);
  EXPECT_NE(a, b);
}

}  // namespace
}  // namespace nacelle

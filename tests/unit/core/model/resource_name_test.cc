// SPDX-License-Identifier: Apache-2.0
#include "core/model/resource_name.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(ResourceName, IsTheInterfaceWithDashes) {
  EXPECT_EQ(DefaultResourceName("hisi_zip"), "nacelle.dev/hisi-zip");
}

TEST(ResourceName, TakesWhatKubernetesTakes) {
  for (const auto* name : {"nacelle.dev/hisi-zip", "a.b/c", "nacelle.dev/A_b.c", "nacelle.dev/0"}) {
    EXPECT_TRUE(CheckResourceName(name)) << name;
  }
  EXPECT_TRUE(CheckResourceName("nacelle.dev/" + std::string(63, 'x')));
}

TEST(ResourceName, RefusesWhatKubernetesRefuses) {
  for (const auto* name : {"zip", "/zip", "nacelle.dev/", "nacelle.dev/-zip", "nacelle.dev/zip-", "nacelle.dev/a b",
                           "nacelle.dev/a/b", "Nacelle.dev/zip", "nacelle..dev/zip", "-a.dev/zip", "kubernetes.io/zip",
                           "x.kubernetes.io/zip", "requests.nacelle.dev/zip", "nacelle.dev/z\xc3\xaf"}) {
    const auto status = CheckResourceName(name);
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().code(), Code::kInvalid);
  }
}

TEST(ResourceName, RefusesAFarTooLongNameAndSaysSo) {
  const auto status = CheckResourceName("nacelle.dev/" + std::string(64, 'x'));
  ASSERT_FALSE(status);
  EXPECT_NE(status.error().message().find("1 to 63 characters"), std::string::npos);
}

TEST(DeviceId, HasOneTo63Characters) {
  EXPECT_TRUE(CheckDeviceId(std::string(63, 'a')));
  EXPECT_FALSE(CheckDeviceId(std::string(64, 'a')));
  EXPECT_FALSE(CheckDeviceId(""));
  EXPECT_FALSE(CheckDeviceId("a/b"));
}

}  // namespace
}  // namespace nacelle

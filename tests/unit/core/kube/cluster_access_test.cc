// SPDX-License-Identifier: Apache-2.0
#include "core/kube/cluster_access.h"

#include <stdlib.h>

#include <fstream>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

class InCluster : public testing::Test {
 protected:
  InCluster() {
    std::string pattern = testing::TempDir() + "access-XXXXXX";
    account_ = mkdtemp(pattern.data());
    std::ofstream(account_ / "token") << "secret\n";
    setenv("KUBERNETES_SERVICE_PORT", "443", 1);
  }
  ~InCluster() override {
    unsetenv("KUBERNETES_SERVICE_HOST");
    unsetenv("KUBERNETES_SERVICE_PORT");
    std::filesystem::remove_all(account_);
  }

  std::filesystem::path account_;
};

TEST_F(InCluster, NamesTheServerAndTheFiles) {
  setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
  const auto access = InClusterAccess(account_);
  ASSERT_TRUE(access);
  EXPECT_EQ(access->url, "https://10.0.0.1:443");
  EXPECT_EQ(access->token_file, account_ / "token");
  EXPECT_EQ(access->ca_file, account_ / "ca.crt");
}

TEST_F(InCluster, AnIpv6AddressGetsBrackets) {
  setenv("KUBERNETES_SERVICE_HOST", "fd00::1", 1);
  EXPECT_EQ(InClusterAccess(account_)->url, "https://[fd00::1]:443");
}

TEST_F(InCluster, WithoutVariablesOrTokenThereIsNoCluster) {
  EXPECT_FALSE(InClusterAccess(account_));
  setenv("KUBERNETES_SERVICE_HOST", "10.0.0.1", 1);
  std::filesystem::remove(account_ / "token");
  EXPECT_FALSE(InClusterAccess(account_));
}

TEST(ApiUrl, IsASchemeAndAHost) {
  EXPECT_TRUE(CheckApiUrl("http://127.0.0.1:8080"));
  EXPECT_TRUE(CheckApiUrl("https://[fd00::1]:443"));
  for (const auto* url : {"", "127.0.0.1", "ftp://a", "https://", "http://a/b"}) EXPECT_FALSE(CheckApiUrl(url)) << url;
}

}  // namespace
}  // namespace nacelle

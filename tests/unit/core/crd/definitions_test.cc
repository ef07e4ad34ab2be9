// SPDX-License-Identifier: Apache-2.0
#include "core/crd/definitions.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "core/base/files.h"

namespace nacelle::crd {
namespace {

TEST(GeneratedFiles, AreInTheRepositoryAsTheFieldsSay) {
  for (const auto& [path, text] : GeneratedFiles()) {
    const auto committed = ReadFile(std::filesystem::path(NACELLE_ROOT) / path, 1 << 20);
    ASSERT_TRUE(committed) << committed.error().message();
    EXPECT_EQ(*committed, text) << path << " is out of date: run build/dev/bin/write-crds .";
  }
}

TEST(GeneratedFiles, ExplainEachFieldInTheReference) {
  const auto files = GeneratedFiles();
  const auto& page = files.back().text;
  for (const auto* row : {"| `spec.offers[].find` | string | required; at most 1024 characters |",
                          "| `spec.offers[].sharesPerQueue` | integer | at least 1, at most 1024, default `1` |",
                          "| `spec.nodeSelector.matchLabels` | map to string |", "| `status.holdings[].pod` | string | required |"}) {
    EXPECT_NE(page.find(row), std::string::npos) << row;
  }
}

}  // namespace
}  // namespace nacelle::crd

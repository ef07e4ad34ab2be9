// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/operations.h"

#include <gtest/gtest.h>

#include "core/config/hardware_file.h"

namespace nacelle {
namespace {

using Words = std::vector<std::string>;

TEST(Operations, HaveTheProjectsWords) {
  const auto table = BuiltinHardware();
  EXPECT_EQ(OperationsOf(table, "uacce", "memcpy"), Words{"memmove"});
  EXPECT_EQ(OperationsOf(table, "uacce", "lz77_zstd"), Words{"lz77-zstd"});
  EXPECT_EQ(OperationsOf(table, "uacce", "deflate"), (Words{"deflate", "inflate"}));
  EXPECT_EQ(OperationsOf(table, "uacce", "SM2"), Words{"sm2"});
}

TEST(Operations, AUsersFileSaysWhatADriversWordMeans) {
  const auto user = ParseHardware("version: 1\nwords: {uacce: {lz77_zstd: [zstd], hash_9: [sha256, sha512]}}\n", "mine.yaml");
  ASSERT_TRUE(user);
  const auto table = Merge(BuiltinHardware(), *user);
  EXPECT_EQ(OperationsOf(table, "uacce", "lz77_zstd"), Words{"zstd"});
  EXPECT_EQ(OperationsOf(table, "uacce", "hash_9"), (Words{"sha256", "sha512"}));
}

TEST(Operations, UnknownWordsStay) {
  EXPECT_EQ(OperationsOf({}, "uacce", "frob_nicate"), Words{"frob-nicate"});
}

TEST(Operations, WhatNoQueryCanNameIsNone) {
  for (const auto& word : {std::string(), std::string("a,b"), std::string("\x80"), std::string(64, 'a')}) {
    EXPECT_TRUE(OperationsOf({}, "uacce", word).empty()) << word;
  }
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/operations.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(Operations, HaveTheProjectsWords) {
  EXPECT_EQ(NormaliseOperation("memcpy"), "memmove");
  EXPECT_EQ(NormaliseOperation("lz77_zstd"), "lz77-zstd");
  EXPECT_EQ(NormaliseOperation("SM2"), "sm2");
}

TEST(Operations, UnknownWordsStay) { EXPECT_EQ(NormaliseOperation("frobnicate"), "frobnicate"); }

TEST(Operations, WhatNoQueryCanNameIsNone) {
  for (const auto& word : {std::string(), std::string("a,b"), std::string("\x80"), std::string(64, 'a')}) {
    EXPECT_FALSE(NormaliseOperation(word)) << word;
  }
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/base/result.h"

#include <cerrno>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(Result, ContextReadsOutsideIn) {
  const Error error = Error(Code::kInvalid, "not a number").In("numa_node").In("sw_zip-0");
  EXPECT_EQ(error.message(), "sw_zip-0: numa_node: not a number");
  EXPECT_EQ(error.code(), Code::kInvalid);
}

TEST(Result, HoldsAValueOrAnError) {
  const Result<int> value = 3;
  ASSERT_TRUE(value);
  EXPECT_EQ(*value, 3);
  const Result<int> error = Error(Code::kNotFound, "gone");
  ASSERT_FALSE(error);
  EXPECT_EQ(error.error().code(), Code::kNotFound);
}

TEST(Result, ErrnoTellsWhatTheCallerCanDo) {
  EXPECT_EQ(ErrnoError(ENODEV, "x").code(), Code::kNotFound);
  EXPECT_EQ(ErrnoError(EACCES, "x").code(), Code::kDenied);
  EXPECT_EQ(ErrnoError(ENOSPC, "x").code(), Code::kUnavailable);
  EXPECT_EQ(ErrnoError(ENOENT, "/dev/x").message(), "/dev/x: No such file or directory");
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/base/log.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(Log, WritesPlainValuesUnquoted) {
  EXPECT_EQ(FormatLogLine(kInfo, "queue enabled", {{"queue", "uacce-sw-zip-0"}}),
            "level=info msg=\"queue enabled\" queue=uacce-sw-zip-0");
}

TEST(Log, EscapesWhatWouldBreakTheLine) {
  EXPECT_EQ(FormatLogLine(kError, "failed", {{"error", "a\nb\"c\x01"}, {"empty", ""}}),
            "level=error msg=failed error=\"a\\nb\\\"c\\x01\" empty=\"\"");
}

}  // namespace
}  // namespace nacelle

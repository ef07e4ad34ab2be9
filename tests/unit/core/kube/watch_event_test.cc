// SPDX-License-Identifier: Apache-2.0
#include "core/kube/watch_event.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

TEST(WatchEvent, NamesObjectAndVersion) {
  const auto event = ParseWatchEvent(
      R"({"type":"MODIFIED","object":{"metadata":{"name":"a","namespace":"n","resourceVersion":"7"}}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, WatchEvent::Kind::kChanged);
  EXPECT_EQ(event->name, "n/a");
  EXPECT_EQ(event->version, "7");
}

TEST(WatchEvent, ABookmarkNeedsNoName) {
  const auto event = ParseWatchEvent(R"({"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"9"}}})");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->kind, WatchEvent::Kind::kBookmark);
  EXPECT_EQ(event->version, "9");
}

TEST(WatchEvent, AMomentThatIsTooOldIsAConflict) {
  const auto event = ParseWatchEvent(R"({"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}})");
  ASSERT_FALSE(event);
  EXPECT_EQ(event.error().code(), Code::kConflict);
  EXPECT_NE(event.error().message().find("too old"), std::string::npos);
}

TEST(WatchEvent, AnyOtherErrorMayPass) {
  const auto event = ParseWatchEvent(R"({"type":"ERROR","object":{"kind":"Status","code":500,"message":"x"}})");
  EXPECT_EQ(event.error().code(), Code::kUnavailable);
}

TEST(WatchEvent, LinesWithoutSenseAreFailures) {
  for (const auto* line : {"", "[]", "{}", R"({"type":"ADDED"})", R"({"type":"ADDED","object":{"metadata":{"name":"a"}}})",
                           R"({"type":"NEWS","object":{"metadata":{"name":"a","resourceVersion":"1"}}})"}) {
    EXPECT_FALSE(ParseWatchEvent(line)) << line;
  }
}

}  // namespace
}  // namespace nacelle

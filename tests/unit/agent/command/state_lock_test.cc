// SPDX-License-Identifier: Apache-2.0
#include "agent/command/state_lock.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>
#include <utility>

#include "core/base/files.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

constexpr StateLock::Limits kShort{milliseconds(30), milliseconds(30), milliseconds(5)};
constexpr StateLock::Limits kPatient{milliseconds(20'000), milliseconds(30), milliseconds(5)};

Result<std::unique_ptr<StateLock>> Take(const FakeHost& host, bool take_over, StateLock::Limits limits = kPatient) {
  return StateLock::Take(host.folder() / "state", take_over, limits);
}

TEST(StateLock, ASecondAgentThatDoesNotTakeOverIsRefused) {
  FakeHost host{};
  const auto first = Take(host, false);
  ASSERT_TRUE(first);
  const auto second = Take(host, false);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kConflict);
  EXPECT_TRUE(second.error().message().find("is locked") != std::string::npos) << second.error().message();
}

TEST(StateLock, WhoTakesOverHasItOnceTheOtherLetsGo) {
  FakeHost host{};
  const auto first = Take(host, false);
  ASSERT_TRUE(first);
  const std::jthread holder([&](const std::stop_token& stop) {
    if ((*first)->AwaitRequest(stop)) (*first)->Release();
  });
  const auto second = Take(host, true);
  ASSERT_TRUE(second) << second.error().message();
  EXPECT_FALSE((*first)->held());
  EXPECT_TRUE((*second)->held());
  EXPECT_FALSE(Take(host, false));
}

TEST(StateLock, WhoTakesOverWhereNobodyIsAsksNobody) {
  FakeHost host{};
  const auto lock = Take(host, true, kShort);
  ASSERT_TRUE(lock) << lock.error().message();
  EXPECT_FALSE(std::filesystem::exists(host.folder() / "state" / "take-over"));
}

// As an agent of a release that knows of no take-over.
TEST(StateLock, AnAgentThatDoesNotLetGoKeepsItAndIsAskedNoLonger) {
  FakeHost host{};
  const auto first = Take(host, false);
  ASSERT_TRUE(first);
  const auto second = Take(host, true, kShort);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code(), Code::kConflict);
  EXPECT_FALSE(std::filesystem::exists(host.folder() / "state" / "take-over"));
}

TEST(StateLock, ARequestOfAnAgentThatIsGoneIsNoRequest) {
  FakeHost host{};
  ASSERT_TRUE(MakeFolders(host.folder() / "state"));
  ASSERT_TRUE(ReplaceFile(host.folder() / "state" / "take-over", ""));
  ASSERT_TRUE(Take(host, false));
  EXPECT_FALSE(std::filesystem::exists(host.folder() / "state" / "take-over"));
}

TEST(StateLock, WhoLetGoHearsWhenTheOtherIsGone) {
  FakeHost host{};
  const auto first = Take(host, false, kShort);
  ASSERT_TRUE(first);
  (*first)->Release();
  auto second = Take(host, false);
  ASSERT_TRUE(second);
  Status heard;
  std::jthread waiter([&](const std::stop_token& stop) { heard = (*first)->AwaitAbandoned(stop); });
  *second = nullptr;
  waiter.join();
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code(), Code::kUnavailable);
}

TEST(StateLock, WhoLetGoForNobodyHearsOfItToo) {
  FakeHost host{};
  const auto lock = Take(host, false, kShort);
  ASSERT_TRUE(lock);
  (*lock)->Release();
  const auto heard = (*lock)->AwaitAbandoned({});
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code(), Code::kUnavailable);
}

TEST(StateLock, BothWaitsEndWhenTheyAreToStop) {
  FakeHost host{};
  const auto lock = Take(host, false);
  ASSERT_TRUE(lock);
  std::stop_source stop;
  stop.request_stop();
  EXPECT_TRUE((*lock)->AwaitRequest(stop.get_token()));
  EXPECT_TRUE((*lock)->AwaitAbandoned(stop.get_token()));
}

}  // namespace
}  // namespace nacelle

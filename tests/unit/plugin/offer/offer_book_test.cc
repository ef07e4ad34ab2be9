// SPDX-License-Identifier: Apache-2.0
#include "plugin/offer/offer_book.h"

#include <chrono>
#include <thread>

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using namespace std::chrono_literals;

OfferPlan PlanOf(const std::string& resource) {
  OfferPlan plan;
  plan.offers = {{resource, {{"q", 1}}}};
  return plan;
}

TEST(OfferBook, BeforeAnythingIsDecidedThereIsNoPolicyAndAnEmptyPlan) {
  const OfferBook book;
  EXPECT_EQ(book.policy(), nullptr);
  EXPECT_EQ(book.Newest().generation, 0u);
  EXPECT_TRUE(book.Newest().plan->offers.empty());
}

TEST(OfferBook, TheSamePlanAgainIsNoNewOne) {
  OfferBook book;
  book.Publish({});
  book.Publish(PlanOf("a/x"));
  book.Publish(PlanOf("a/x"));
  EXPECT_EQ(book.Newest().generation, 2u);
}

TEST(OfferBook, AReaderWakesWithANewPlan) {
  OfferBook book;
  std::jthread writer([&] { book.Publish(PlanOf("a/x")); });
  const auto next = book.Next(0, 10s, {});
  EXPECT_EQ(next.generation, 1u);
  EXPECT_EQ(next.plan->offers.size(), 1u);
}

TEST(OfferBook, WhoWaitsForAPolicyGoesOnWithTheFirst) {
  OfferBook book;
  std::jthread writer([&] { book.SetPolicy({}); });
  book.AwaitPolicy({});
  EXPECT_NE(book.policy(), nullptr);
}

TEST(OfferBook, WhoWaitsForAPolicyGoesOnWhenItIsToStop) {
  const OfferBook book;
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  book.AwaitPolicy(stop.get_token());
  EXPECT_EQ(book.policy(), nullptr);
}

}  // namespace
}  // namespace nacelle

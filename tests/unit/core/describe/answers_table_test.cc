// SPDX-License-Identifier: Apache-2.0
#include "core/describe/answers_table.h"

#include <gtest/gtest.h>

#include "tests/unit/core/select/machines.h"

namespace nacelle {
namespace {

TEST(AnswersTable, ArrowsOfAChainAreItsLinks) {
  const Answer answer{{"a", "b", "c"}, {Mark::kNone, Mark::kHeld, Mark::kNone}, {}};
  EXPECT_EQ(FormatQueues(Q("2 zlib + sha256 chained"), answer), "{a, b (held)} → c");
  EXPECT_EQ(FormatQueues(Q("zlib + 2 sha256 chained"), answer), "a → {b (held), c}");
  EXPECT_EQ(FormatQueues(Q("zlib + sha256 + zlib chained"), answer), "a → b (held) → c");
}

TEST(AnswersTable, AChainOfOneOperationGoesFromQueueToQueue) {
  EXPECT_EQ(FormatQueues(Q("3 zlib chained"), {{"a", "b", "c"}, {}, {}}), "a → b → c");
}

TEST(AnswersTable, WithoutOrderQueuesAreASum) {
  EXPECT_EQ(FormatQueues(Q("2 zlib + sha256"), {{"a", "b", "c"}, {}, {}}), "a + b + c");
}

}  // namespace
}  // namespace nacelle

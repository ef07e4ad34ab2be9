// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/card_links.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

Function With(const std::string& id, std::size_t queues) {
  Function function;
  function.id = id;
  function.queues.resize(queues);
  return function;
}

TEST(CardLinks, ADomainIsNamedByItsKindAndCard) {
  const auto domains = BuildCardDomains({{"card-2", CardMemory{MemoryKind::kHbm, 1U << 30}, "rule", {}},
                                         {"card-1", CardMemory{MemoryKind::kDram, std::nullopt}, "rule", {}},
                                         {"card-3", std::nullopt, {}, {"a"}}});
  ASSERT_EQ(domains.size(), 2u);
  EXPECT_EQ(domains[0].id, "dram-card-1");
  EXPECT_EQ(domains[0].capacity_bytes, std::nullopt);
  EXPECT_EQ(domains[1].id, "hbm-card-2");
  EXPECT_EQ(domains[1].capacity_bytes, 1U << 30);
  EXPECT_EQ(domains[1].card, "card-2");
  EXPECT_EQ(domains[1].decided_by, "rule");
}

TEST(CardLinks, AFunctionWithSeveralQueuesIsLinkedToItself) {
  const auto links = BuildCardLinks({With("a", 2), With("b", 1)}, {{"card-1", {}, {}, {"a", "b"}}});
  EXPECT_EQ(links, (std::vector<Link>{{"a", "a", LinkStrength::kOnCard, false},
                                      {"a", "b", LinkStrength::kOnCard, false},
                                      {"b", "a", LinkStrength::kOnCard, false}}));
}

TEST(CardLinks, FunctionsOfDifferentCardsAreNotLinked) {
  EXPECT_TRUE(BuildCardLinks({With("a", 1), With("b", 1)}, {{"card-1", {}, {}, {"a"}}, {"card-2", {}, {}, {"b"}}}).empty());
}

}  // namespace
}  // namespace nacelle

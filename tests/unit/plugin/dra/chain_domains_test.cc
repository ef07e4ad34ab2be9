// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/chain_domains.h"

#include <gtest/gtest.h>

#include <random>
#include <set>

namespace nacelle {
namespace {

using Domains = std::map<std::string, std::string>;

void Both(Inventory& inventory, const std::string& a, const std::string& b, LinkStrength strength = LinkStrength::kPeerToPeer) {
  inventory.links.push_back({a, b, strength});
  inventory.links.push_back({b, a, strength});
}

TEST(ChainDomains, AreSetsOfWhichEveryPairIsLinkedBothWays) {
  Inventory inventory;
  Both(inventory, "a", "b");
  Both(inventory, "b", "c", LinkStrength::kOnCard);
  Both(inventory, "a", "c");
  EXPECT_EQ(ChainDomains(inventory), (Domains{{"a", "a"}, {"b", "a"}, {"c", "a"}}));
}

TEST(ChainDomains, ALinkOfOneDirectionIsNone) {
  Inventory inventory;
  inventory.links.push_back({"a", "b", LinkStrength::kOnCard});
  EXPECT_TRUE(ChainDomains(inventory).empty());
}

TEST(ChainDomains, SharedAddressesAreNoChain) {
  Inventory inventory;
  Both(inventory, "a", "b", LinkStrength::kSharedAddress);
  EXPECT_TRUE(ChainDomains(inventory).empty());
}

TEST(ChainDomains, NeverJoinWhatIsOnlyLinkedByWayOfAThird) {
  Inventory inventory;
  Both(inventory, "a", "b");
  Both(inventory, "b", "c");
  EXPECT_EQ(ChainDomains(inventory), (Domains{{"a", "a"}, {"b", "a"}}));
}

TEST(ChainDomains, HoldNoPairThatIsNotLinkedOnRandomMachines) {
  std::mt19937 random(1);
  for (int round = 0; round < 500; ++round) {
    Inventory inventory;
    std::set<std::pair<std::string, std::string>> links;
    for (char a = 'a'; a < 'i'; ++a) {
      for (char b = 'a'; b < 'i'; ++b) {
        if (a != b && random() % 2 == 0) links.emplace(std::string(1, a), std::string(1, b));
      }
    }
    for (const auto& [from, to] : links) inventory.links.push_back({from, to, LinkStrength::kPeerToPeer});
    const auto domains = ChainDomains(inventory);
    for (const auto& [a, domain] : domains) {
      for (const auto& [b, other] : domains) {
        const bool pair = a != b && domain == other;
        EXPECT_TRUE(!pair || links.contains({a, b})) << a << b;
      }
    }
  }
}

}  // namespace
}  // namespace nacelle

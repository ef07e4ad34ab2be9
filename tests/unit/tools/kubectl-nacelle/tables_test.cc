// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/tables.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/tools/kubectl-nacelle/node_for_tests.h"

namespace nacelle::kubectl {
namespace {

using testing::HasSubstr;

TEST(Tables, NodesSayWhatIsOfferedAndHeld) {
  auto node = BusyNode("n1");
  node.status.policy = crd::PolicyRef{"default", 3, "u"};
  EXPECT_EQ(FormatNodes({ViewOf(node)}),
            "NODE  FUNCTIONS  UNHEALTHY  PROBLEMS  POLICY   OFFERS (HELD/HEALTHY)\n"
            "n1    1          0          0         default  sw-zip 1/1\n");
  EXPECT_THAT(json::Write(DescribeNodes({ViewOf(node)})),
              HasSubstr(R"("offers":[{"resource":"nacelle.dev/sw-zip","through":"devicePlugin","devices":1,"healthy":1,"held":1}])"));
}

TEST(Tables, FunctionsSayTheirNode) {
  const auto node = ViewOf(HealthyNode("n1"));
  EXPECT_EQ(FormatFunctions({&node}, Colour::kNo),
            "NODE  FUNCTION  INTERFACE  NUMA  ACCESS  OPERATIONS  HEALTH\n"
            "n1    z         sw_zip     1     sva     zlib        healthy\n");
}

TEST(Tables, HoldersAreNamedWithPodAndContainer) {
  const auto node = ViewOf(BusyNode("n1"));
  EXPECT_EQ(FormatHolders({&node}),
            "NODE  RESOURCE            DEVICE  POD        CONTAINER\n"
            "n1    nacelle.dev/sw-zip  z       default/p  main\n");
  EXPECT_THAT(json::Write(DescribeHolders({&node})), HasSubstr(R"("namespace":"default","pod":"p","container":"main")"));
}

TEST(Tables, WhatAClaimHoldsIsShownAlsoWhereItsPodIsNotKnown) {
  auto object = BusyNode("n1");
  object.status.holdings = {{"nacelle.dev/sw-zip", "z", "", "", ""}};
  const auto node = ViewOf(object);
  EXPECT_EQ(FormatHolders({&node}),
            "NODE  RESOURCE            DEVICE  POD        CONTAINER\n"
            "n1    nacelle.dev/sw-zip  z       (a claim)  -\n");
  EXPECT_THAT(Explain({node}, "z", Colour::kNo), HasSubstr("held by     a claim\n"));
}

TEST(Tables, ExplainTellsWhereAFunctionIsOfferedAndWhoHoldsIt) {
  const auto text = Explain({ViewOf(BusyNode("n1"))}, "z", Colour::kNo);
  EXPECT_THAT(text, HasSubstr("z on node n1\n"));
  EXPECT_THAT(text, HasSubstr("near        dram-1 (10), dram-0 (20)\n"));
  EXPECT_THAT(text, HasSubstr("offered as  nacelle.dev/sw-zip, device z\n"));
  EXPECT_THAT(text, HasSubstr("held by     default/p, container main\n"));
}

TEST(Tables, ExplainTellsWhyAFunctionIsNotOffered) {
  auto node = HealthyNode("n1");
  node.status.offers.clear();
  node.status.hidden = {{"z", "not offered: memory access is none, and the policy requires sva"}};
  EXPECT_THAT(Explain({ViewOf(node)}, "z", Colour::kNo), HasSubstr("  not offered memory access is none"));
}

TEST(Tables, WhatAnAgentWroteIsNoCommandForATerminal) {
  auto node = HealthyNode("n1");
  node.status.functions.at(0).interface = "\x1b[31mred\nfunction";
  const json::Object object{{"metadata", json::Object{{"name", "n1"}}}, {"status", crd::WriteNodeStatus(node.status)}};
  const auto read = ReadNode(object);
  ASSERT_TRUE(read);
  const auto text = FormatFunctions({&*read}, Colour::kNo);
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_THAT(text, HasSubstr("\\x1b[31mred\\x0afunction"));
}

TEST(Tables, ExplainSaysNothingOfAFunctionThatNoNodeHas) {
  EXPECT_EQ(Explain({ViewOf(HealthyNode("n1"))}, "y", Colour::kNo), "");
}

}  // namespace
}  // namespace nacelle::kubectl

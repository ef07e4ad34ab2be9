// SPDX-License-Identifier: Apache-2.0
#include "operator/control/spec_writer.h"

#include <gtest/gtest.h>

#include "core/kube/cluster_client.h"
#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

using std::chrono::seconds;

// One node, whose spec is to have a policy.
class SpecWriterTest : public testing::Test {
 protected:
  SpecWriterTest() {
    view_.objects["n1"] = {.uid = "o-n1", .generation = 1};
    plan_.specs["n1"] = {crd::PolicyRef{"p", 1, "u-p"}, {}};
  }

  // What is known of the node after it was tried so long after the start.
  UnwrittenSpec Try(seconds after, int status) {
    server_.SetFaults({.refuse_path = "nodeaccelerators/n1", .refuse_with = status});
    const auto now = SpecWriter::Time() + after;
    EXPECT_FALSE(writer_.Write(view_, plan_, now, {}));
    return writer_.Unwritten(view_, now).at("n1");
  }

  ContractApiServer server_;
  ClusterClient api_{{server_.url(), "", ""}};
  ClusterState state_;
  Metrics metrics_;
  WriteLog log_{metrics_};
  SpecWriter writer_{api_, state_, log_, [] { return true; }, {}};
  ClusterView view_;
  Plan plan_;
};

TEST_F(SpecWriterTest, WhatGetsNoAnswerIsInDoubtUntilTheThirdTryInARow) {
  EXPECT_TRUE(Try(seconds(0), 500).in_doubt);
  EXPECT_TRUE(Try(seconds(10), 502).in_doubt);
  EXPECT_FALSE(Try(seconds(30), 500).in_doubt);
  EXPECT_FALSE(Try(seconds(60), 500).in_doubt);
}

TEST_F(SpecWriterTest, WhatIsRefusedIsNotInDoubt) {
  EXPECT_TRUE(Try(seconds(0), 500).in_doubt);
  EXPECT_FALSE(Try(seconds(10), 403).in_doubt);
}

TEST_F(SpecWriterTest, WhatTheObjectShowsEndsADoubt) {
  EXPECT_TRUE(Try(seconds(0), 500).in_doubt);
  view_.objects["n1"].spec = plan_.specs["n1"];
  EXPECT_TRUE(writer_.Unwritten(view_, SpecWriter::Time()).empty());
}

TEST_F(SpecWriterTest, ANodeThatWasUnreadyBeforeIsNotInDoubt) {
  plan_.unready = {"n1"};
  EXPECT_FALSE(Try(seconds(0), 500).in_doubt);
}

}  // namespace
}  // namespace nacelle

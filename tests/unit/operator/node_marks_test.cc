// SPDX-License-Identifier: Apache-2.0
#include "operator/control/node_marks.h"

#include <gtest/gtest.h>

#include "core/kube/cluster_client.h"
#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;


class NodeMarksTest : public testing::Test {
 protected:
  NodeMarksTest() {
    for (const auto* name : {"n1", "n2", "n3"}) {
      view_.nodes[name] = {.ready = true, .uid = std::string("uid-") + name};
      view_.objects[name] = {.offers = {{"nacelle.dev/zip", 4}}, .functions = 4};
      server_.Put(std::string("/api/v1/nodes/") + name, json::Object{{"metadata", json::Object{{"name", name}, {"uid", std::string("uid-") + name}}}});
    }
  }

  NodeMarks Make(NodeMarksOptions options) {
    options.labels = true;
    return {api_, events_, log_, [this] { return leads_; }, options};
  }
  bool WriteLabels(NodeMarks& marks, milliseconds at) { return marks.WriteLabels(view_, MakePlan(view_), start_ + at, {}); }
  std::string LabelOf(const std::string& node) const {
    return TextAt(server_.Object("/api/v1/nodes/" + node), {"metadata", "labels", "nacelle.dev/zip"});
  }

  ContractApiServer server_;
  ClusterClient api_{{server_.url(), "", ""}};
  Metrics metrics_;
  WriteLog log_{metrics_};
  EventWriter events_{api_, log_, "one"};
  ClusterView view_{.now = "2026-01-01T00:00:00Z"};
  NodeMarks::Time start_ = NodeMarks::Time::clock::now();
  bool leads_ = true;
};

TEST_F(NodeMarksTest, LabelsEachNodeThatIsPlanned) {
  auto marks = Make({});
  EXPECT_TRUE(WriteLabels(marks, milliseconds(0)));
  EXPECT_EQ(LabelOf("n1"), "4");
  EXPECT_EQ(LabelOf("n3"), "4");
  EXPECT_FALSE(marks.LabelsDueIn(start_));
}

TEST_F(NodeMarksTest, WritesNoLabelsUnlessToldTo) {
  NodeMarks marks(api_, events_, log_, [] { return true; }, {});
  EXPECT_TRUE(WriteLabels(marks, milliseconds(0)));
  EXPECT_EQ(server_.Count("PATCH"), 0u);
}

TEST_F(NodeMarksTest, AChangeThatFollowsAtOnceWaits) {
  auto marks = Make({.label_gap = milliseconds(5000)});
  WriteLabels(marks, milliseconds(0));
  EXPECT_TRUE(WriteLabels(marks, milliseconds(1000)));
  EXPECT_EQ(server_.Count("PATCH"), 3u);
  EXPECT_EQ(marks.LabelsDueIn(start_ + milliseconds(1000)), milliseconds(4000));
  WriteLabels(marks, milliseconds(5000));
  EXPECT_EQ(server_.Count("PATCH"), 6u);
}

TEST_F(NodeMarksTest, WhatIsTooMuchForARoundIsDueAtOnce) {
  auto marks = Make({.labels_a_round = 2});
  EXPECT_TRUE(WriteLabels(marks, milliseconds(0)));
  EXPECT_EQ(server_.Count("PATCH"), 2u);
  EXPECT_EQ(marks.LabelsDueIn(start_), milliseconds(0));
}

TEST_F(NodeMarksTest, AServerThatIsAwayIsAskedAgain) {
  server_.Stop();
  auto marks = Make({});
  EXPECT_FALSE(WriteLabels(marks, milliseconds(0)));
}

TEST_F(NodeMarksTest, NodesWhoseLabelsAreRefusedWaitAndHoldNoOthersUp) {
  server_.SetFaults({.refuse_path = "/nodes/n1"});
  auto marks = Make({.label_gap = milliseconds(5000), .labels_a_round = 2, .refused_gap = milliseconds(60'000)});
  for (const int at : {0, 10, 20, 5'000, 10'000}) WriteLabels(marks, milliseconds(at));
  EXPECT_EQ(LabelOf("n3"), "4");
  std::size_t refused = 0;
  for (const auto& request : server_.requests()) refused += request.path == "/api/v1/nodes/n1" ? 1 : 0;
  EXPECT_EQ(refused, 1u);
  for (const auto* name : {"n2", "n3"}) view_.nodes[name].ours = {{"nacelle.dev/zip", "4"}};
  WriteLabels(marks, milliseconds(20'000));
  EXPECT_EQ(marks.LabelsDueIn(start_ + milliseconds(20'000)), milliseconds(40'000)) << "of n1";
}

TEST_F(NodeMarksTest, AReplicaThatDoesNotLeadLabelsNothing) {
  leads_ = false;
  auto marks = Make({});
  WriteLabels(marks, milliseconds(0));
  EXPECT_EQ(server_.Count("PATCH"), 0u);
}

TEST_F(NodeMarksTest, WhatWasSoBeforeTheFirstLookIsNoEvent) {
  auto marks = Make({});
  view_.objects["n1"].unhealthy = 1;
  marks.WriteEvents(view_, start_, {});
  EXPECT_EQ(server_.Count("POST"), 0u);
}

TEST_F(NodeMarksTest, AChangeIsAnEventOnceInTenMinutes) {
  auto marks = Make({});
  marks.WriteEvents(view_, start_, {});
  for (const int unhealthy : {1, 0, 1, 2}) {
    view_.objects["n1"].unhealthy = unhealthy;
    marks.WriteEvents(view_, start_, {});
  }
  EXPECT_EQ(server_.Count("POST"), 2u) << "FunctionsUnhealthy and FunctionsWell";
  view_.objects["n1"].unhealthy = 3;
  marks.WriteEvents(view_, start_ + std::chrono::minutes(11), {});
  EXPECT_EQ(server_.Count("POST"), 3u);
}

TEST_F(NodeMarksTest, ANodeThatComesInTroubleIsAnEvent) {
  auto marks = Make({});
  marks.WriteEvents(view_, start_, {});
  view_.nodes["n4"] = {.uid = "uid-n4"};
  view_.objects["n4"] = {.refusal = "too many shares"};
  marks.WriteEvents(view_, start_, {});
  EXPECT_EQ(server_.Count("POST"), 1u);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/node_labels.h"

#include <gtest/gtest.h>

#include "operator/plan/plan.h"

namespace nacelle {
namespace {

using Labels = std::map<std::string, std::string>;

NodeObjectState Offering(std::int64_t free) { return {.offers = {{"nacelle.dev/zip", free}}}; }

std::string ZipOf(std::int64_t free) { return LabelsOf({}, Offering(free), "").at("nacelle.dev/zip"); }

TEST(NodeLabels, SayWhatIsFreeRoundedDownToAPowerOfTwo) {
  EXPECT_EQ(ZipOf(0), "0");
  EXPECT_EQ(ZipOf(1), "1");
  EXPECT_EQ(ZipOf(3), "2");
  EXPECT_EQ(ZipOf(7), "4");
  EXPECT_EQ(ZipOf(1000), "512");
}

TEST(NodeLabels, OfAnAgentThatIsNotReadyForAMinuteNothingIsFree) {
  auto object = Offering(4);
  object.ready_changed = "2026-01-01T00:00:00Z";
  EXPECT_EQ(LabelsOf({}, object, "2026-01-01T00:00:59Z"), (Labels{{"nacelle.dev/zip", "4"}})) << "names may just change";
  EXPECT_EQ(LabelsOf({}, object, "2026-01-01T00:01:00Z"), (Labels{{"nacelle.dev/zip", "0"}}));
  object.no_claims = true;
  EXPECT_EQ(LabelsOf({}, object, "2026-01-01T00:01:00Z"), (Labels{{"nacelle.dev/zip", "4"}})) << "it is not of a claim";
  object.no_claims = false;
  object.ready = true;
  EXPECT_EQ(LabelsOf({}, object, "2026-01-01T00:01:00Z"), (Labels{{"nacelle.dev/zip", "4"}}));
}

TEST(NodeLabels, ANumberThatMakesNoSenseIsNone) { EXPECT_EQ(ZipOf(-1), "0"); }

TEST(NodeLabels, ALabelOfAPersonIsLeftToThem) {
  const NodeState node{.labels = {{"nacelle.dev/zip", "mine"}, {"nacelle.dev/other", "mine"}}};
  EXPECT_EQ(LabelsOf(node, Offering(4), ""), Labels());
}

TEST(NodeLabels, OurOwnAreKept) {
  const NodeState node{.labels = {{"nacelle.dev/zip", "2"}}, .ours = {{"nacelle.dev/zip", "2"}}};
  EXPECT_EQ(LabelsOf(node, Offering(4), ""), (Labels{{"nacelle.dev/zip", "4"}}));
}

ClusterView OneNode(Labels ours, std::int64_t free) {
  ClusterView view;
  view.nodes["n1"] = {.labels = ours, .ours = ours};
  view.objects["n1"] = Offering(free);
  return view;
}

TEST(NodeLabels, AreNotPlannedWhileTheySayTheSame) { EXPECT_TRUE(MakePlan(OneNode({{"nacelle.dev/zip", "2"}}, 3)).labels.empty()); }

TEST(NodeLabels, ArePlannedWhenTheySaySomethingElse) {
  EXPECT_EQ(MakePlan(OneNode({{"nacelle.dev/zip", "2"}}, 1)).labels.at("n1"), (Labels{{"nacelle.dev/zip", "1"}}));
}

TEST(NodeLabels, OfAnOfferThatIsGoneAreTakenAway) {
  auto view = OneNode({{"nacelle.dev/old", "2"}}, 2);
  EXPECT_EQ(MakePlan(view).labels.at("n1"), (Labels{{"nacelle.dev/zip", "2"}}));
  view.objects.clear();
  EXPECT_EQ(MakePlan(view).labels.at("n1"), Labels()) << "its agent is gone, too";
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/crd/accelerator_policy.h"

#include <gtest/gtest.h>

#include <string>

#include "core/crd/node_accelerators.h"

namespace nacelle::crd {
namespace {

json::Value Json(const std::string& text) {
  auto value = json::Parse(text);
  EXPECT_TRUE(value);
  return value ? *value : json::Value();
}

TEST(AcceleratorPolicy, IsReadWithTheDefaultsOfWhatIsAbsent) {
  const auto policy = ReadAcceleratorPolicy(Json(R"({"metadata":{"name":"p","generation":3,"uid":"u","creationTimestamp":"2026-01-01T00:00:00Z"},
    "spec":{"offers":[{"name":"c","find":"zlib"}],"nodeSelector":{"matchLabels":{"a":"b"}},"later":1}})"));
  ASSERT_TRUE(policy);
  EXPECT_EQ(policy->meta.generation, 3);
  EXPECT_EQ(policy->spec.rules.offers, (std::vector<OfferSpec>{{"c", "zlib", 1, "devicePlugin"}}));
  EXPECT_EQ(policy->spec.rules.grant, GrantSpec());
}

TEST(AcceleratorPolicy, IsReadAsItWasWritten) {
  PolicySpec spec;
  spec.node_selector = {{{"a", "b"}}, {{"k", "In", {"x", "y"}}}};
  spec.rules.offers = {{"c", "zlib", 4, "dra"}};
  spec.rules.rest = "hide";
  spec.rules.grant = {"cdi", false};
  const auto read = ReadAcceleratorPolicy(json::Object{{"spec", WritePolicySpec(spec)}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->spec, spec);
}

TEST(AcceleratorPolicy, AFieldOfAnotherTypeIsNamed) {
  const auto read = ReadAcceleratorPolicy(Json(R"({"spec":{"offers":[{"name":"a","find":"zlib"},{"name":1}]}})"));
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error(), Error(Code::kInvalid, "spec: offers: [1]: name: expected a text"));
}

TEST(AcceleratorPolicy, WhatIsNoObjectIsRefused) { EXPECT_FALSE(ReadAcceleratorPolicy(json::Array{})); }

TEST(NodeAccelerators, TheSpecOfNoPolicyHasNone) {
  NodeSpec none;
  EXPECT_EQ(WriteNodeSpec(none).Find("policy"), nullptr);
  const auto read = ReadNodeAccelerators(json::Object{{"spec", WriteNodeSpec(none)}});
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->spec.policy);
}

TEST(NodeAccelerators, AStatusIsReadAsItWasWritten) {
  NodeStatus status;
  status.policy = PolicyRef{"p", 2, "u"};
  status.summary = {2, 1, 4, 1, 0};
  status.functions = {{.id = "f", .family = "uacce", .interface = "hisi_zip", .operations = {"zlib"}, .access = "sva", .numa = 0, .healthy = false, .reason = "gone",
                       .queues = {{"q", {"/dev/q"}, 8, true, ""}}, .affinities = {{"dram-0", 10, 120, 80}}}};
  status.offers = {{"nacelle.dev/c", "devicePlugin", 4, 4, 1, 3, {{"b-1", {"q", "r"}, 4, true, ""}}}};
  status.holdings = {{"nacelle.dev/c", "b-1", "ns", "pod", "box"}};
  status.conditions = {{"Ready", "True", 1, "Registered", "", "2026-01-01T00:00:00Z"}};
  const auto read = ReadNodeAccelerators(json::Object{{"status", WriteNodeStatus(status)}});
  ASSERT_TRUE(read);
  EXPECT_EQ(read->status, status);
}

TEST(NodeSelector, AnEmptyOneSelectsEveryNode) { EXPECT_TRUE(Selects({}, {})); }

TEST(NodeSelector, AllOfItMustHold) {
  const std::map<std::string, std::string> labels = {{"zone", "a"}, {"kind", "big"}};
  EXPECT_TRUE(Selects({{{"zone", "a"}}, {}}, labels));
  EXPECT_FALSE(Selects({{{"zone", "b"}}, {}}, labels));
  EXPECT_FALSE(Selects({{{"zone", "a"}}, {{"kind", "NotIn", {"big"}}}}, labels));
}

TEST(NodeSelector, OperatorsAreThoseOfKubernetes) {
  const std::map<std::string, std::string> labels = {{"zone", "a"}};
  EXPECT_TRUE(Selects({{}, {{"zone", "In", {"a", "b"}}}}, labels));
  EXPECT_FALSE(Selects({{}, {{"other", "In", {"a"}}}}, labels));
  EXPECT_TRUE(Selects({{}, {{"other", "NotIn", {"a"}}}}, labels));
  EXPECT_TRUE(Selects({{}, {{"zone", "Exists", {}}}}, labels));
  EXPECT_FALSE(Selects({{}, {{"zone", "DoesNotExist", {}}}}, labels));
  EXPECT_FALSE(Selects({{}, {{"zone", "Unknown", {}}}}, labels));
}

TEST(Conditions, TheTimeOfAStatusStaysWhileItIsTheSame) {
  std::vector<Condition> conditions;
  SetCondition(conditions, {"Ready", "True", 1, "A", "", "t1"});
  SetCondition(conditions, {"Ready", "True", 2, "B", "", "t2"});
  EXPECT_EQ(FindCondition(conditions, "Ready")->last_transition_time, "t1");
  EXPECT_EQ(FindCondition(conditions, "Ready")->reason, "B");
  SetCondition(conditions, {"Ready", "False", 2, "B", "", "t3"});
  EXPECT_EQ(FindCondition(conditions, "Ready")->last_transition_time, "t3");
}

}  // namespace
}  // namespace nacelle::crd

// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/kubectl.h"

#include <gtest/gtest.h>

namespace nacelle::kubectl {
namespace {

// A shell stands for kubectl: what lies beyond the child process is not under test.
Kubectl Shell() { return Kubectl({}, "sh"); }

TEST(Kubectl, WhatTheChildPrintsIsTheAnswer) {
  const auto text = Shell().Run({"-c", "echo to-stderr >&2; printf abc"});
  ASSERT_TRUE(text);
  EXPECT_EQ(*text, "abc");
}

TEST(Kubectl, ALongAnswerOnBothPipesBlocksNobody) {
  const auto text = Shell().Run({"-c", "head -c 300000 /dev/zero >&2; head -c 300000 /dev/zero"});
  ASSERT_TRUE(text);
  EXPECT_EQ(text->size(), 300000u);
}

TEST(Kubectl, TheLastLineOfAComplaintIsTheError) {
  const auto text = Shell().Run({"-c", "echo 'Warning: old' >&2; echo 'Error from server (Forbidden): no' >&2; exit 1"});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error(), Error(Code::kDenied, "Error from server (Forbidden): no"));
}

TEST(Kubectl, AKindThatTheServerDoesNotKnowIsNotFound) {
  const auto text = Shell().Run({"-c", "echo 'error: the server doesn'\"'\"'t have a resource type \"x\"' >&2; exit 1"});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code(), Code::kNotFound);
}

TEST(Kubectl, WhereThereIsNoKubectlTheErrorSaysSo) {
  const auto text = Kubectl({}, "no-such-kubectl").Run({});
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().message(), "no-such-kubectl: not found on the PATH; kubectl-nacelle asks through it");
}

TEST(Kubectl, OptionsOfTheCallerArePassedOn) {
  EXPECT_EQ(*Kubectl({"--context=c"}, "echo").Run({"get", "nodes"}), "get nodes --context=c\n");
}

TEST(Kubectl, AnAnswerThatIsNoJsonIsAnError) {
  const auto value = Kubectl({}, "echo").Get({"nodes"});
  ASSERT_FALSE(value);
  EXPECT_TRUE(value.error().message().starts_with("what kubectl printed: "));
}

}  // namespace
}  // namespace nacelle::kubectl

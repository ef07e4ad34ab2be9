// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/kubectl.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <string>
#include <string_view>

#include "core/base/files.h"

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

// Answers as an API server does that has two pages.
constexpr std::string_view kTwoPages = R"(#!/bin/sh
case "$3" in
*continue=TWO) echo '{"metadata":{},"items":[{"name":"c"}]}' ;;
*) echo '{"metadata":{"continue":"TWO"},"items":[{"name":"a"},{"name":"b"}]}' ;;
esac
)";

class KubectlPages : public testing::Test {
 protected:
  KubectlPages() {
    std::string pattern = testing::TempDir() + "kubectl-XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~KubectlPages() override { std::filesystem::remove_all(folder_); }

  // The names of all objects.
  Result<std::string> NamesBy(std::string_view script) {
    const auto program = folder_ / "kubectl";
    EXPECT_TRUE(WriteFileDurably(program, script));
    std::filesystem::permissions(program, std::filesystem::perms::owner_all);
    std::string names;
    auto status = Kubectl({}, program).ForEach("/apis/x", [&](const json::Value& item) {
      names += *item.AsObject()->Find("name")->AsString();
      return Status();
    });
    if (!status) return std::move(status).error();
    return names;
  }

 private:
  std::filesystem::path folder_;
};

TEST_F(KubectlPages, AreFollowedToTheLast) { EXPECT_EQ(*NamesBy(kTwoPages), "abc"); }

TEST_F(KubectlPages, AListThatBreaksOffIsAnErrorAndNotAShorterList) {
  const auto names = NamesBy("#!/bin/sh\necho '{\"items\":[{\"name\":\"a\"},'\n");
  ASSERT_FALSE(names);
  EXPECT_TRUE(names.error().message().starts_with("what kubectl printed: ")) << names.error().message();
}

TEST_F(KubectlPages, WhatKubectlComplainsOfGoesBeforeWhatItPrinted) {
  const auto names = NamesBy("#!/bin/sh\necho '{'; echo 'Error from server (Forbidden): no' >&2; exit 1\n");
  ASSERT_FALSE(names);
  EXPECT_EQ(names.error().code(), Code::kDenied);
}

}  // namespace
}  // namespace nacelle::kubectl

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/static_specs.h"

#include <stdlib.h>

#include <gtest/gtest.h>

#include "core/base/files.h"

namespace nacelle {
namespace {

class StaticSpecs : public testing::Test {
 protected:
  StaticSpecs() {
    std::string pattern = testing::TempDir() + "specs-XXXXXX";
    folder_ = mkdtemp(pattern.data());
    options_ = {folder_ / "cdi", folder_ / "queues"};
    for (const std::string name : {"a", "b"}) {
      Function function;
      function.id = "uacce-sw-zip-" + name;
      function.family = "uacce";
      function.interface = "sw_zip";
      function.operations = {"zlib"};
      Queue queue;
      queue.id = function.id;
      queue.nodes = {{"/dev/sw_zip-" + name, 240, static_cast<unsigned>(name[0])}};
      queue.links = {{"/sys/class/uacce", "sw_zip-" + name, "../../devices/" + name}};
      function.queues = {queue};
      machine_.functions.push_back(function);
    }
  }
  ~StaticSpecs() override { std::filesystem::remove_all(folder_); }

  Result<std::string> Write(const Inventory& machine, const Policy& policy = {}, const std::vector<HeldShare>& held = {}) const {
    return WriteStaticSpecs(machine, BuildOffers({machine, policy, {}, {}}), held, options_);
  }
  Result<std::string> Write() const { return Write(machine_); }

  std::string Spec() const {
    const auto text = ReadFile(options_.cdi_dir / "nacelle.dev-queue-all.json", 1 << 20);
    return text ? *text : std::string();
  }

  std::filesystem::path folder_;
  StaticSpecOptions options_;
  Inventory machine_;
};

TEST_F(StaticSpecs, NameEachQueueByItsId) {
  const auto told = Write();
  ASSERT_TRUE(told) << told.error().message();
  EXPECT_NE(told->find("nacelle.dev/queue=uacce-sw-zip-a\nnacelle.dev/queue=uacce-sw-zip-b\n"), std::string::npos) << *told;
  EXPECT_NE(Spec().find("\"name\": \"uacce-sw-zip-b\""), std::string::npos);
  EXPECT_NE(Spec().find("\"path\": \"/dev/sw_zip-b\""), std::string::npos);
  EXPECT_EQ(*ListFolder(options_.views / "uacce-sw-zip-a/sys-class-uacce"), std::vector<std::string>{"sw_zip-a"});
}

TEST_F(StaticSpecs, LeaveOutWhatIsNotWellAndSayWhy) {
  machine_.functions[0].health = {false, "isolated"};
  const auto told = Write();
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("uacce-sw-zip-a is left out: isolated\n"), std::string::npos);
  EXPECT_EQ(Spec().find("uacce-sw-zip-a"), std::string::npos);
}

TEST_F(StaticSpecs, LeaveOutWhatAPodHolds) {
  const auto told = Write(machine_, {}, {{"nacelle.dev/x", "x", {"uacce-sw-zip-b"}, 1}});
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("uacce-sw-zip-b is left out: held by a pod\n"), std::string::npos) << *told;
  EXPECT_EQ(Spec().find("uacce-sw-zip-b"), std::string::npos);
  EXPECT_NE(Spec().find("uacce-sw-zip-a"), std::string::npos);
}

TEST_F(StaticSpecs, LeaveOutWhatThePolicyHides) {
  Policy policy;
  policy.memory_access = AccessRequirement::kSva;
  machine_.functions[1].access = MemoryAccess::kSva;
  const auto told = Write(machine_, policy);
  ASSERT_TRUE(told);
  EXPECT_NE(told->find("uacce-sw-zip-a is left out: "), std::string::npos) << *told;
  EXPECT_EQ(Spec().find("uacce-sw-zip-a"), std::string::npos);
}

TEST_F(StaticSpecs, TakeViewsOfQueuesAlongThatAreGone) {
  ASSERT_TRUE(Write());
  machine_.functions.pop_back();
  ASSERT_TRUE(Write());
  EXPECT_EQ(*ListFolder(options_.views), std::vector<std::string>{"uacce-sw-zip-a"});
}

TEST_F(StaticSpecs, GoWhenThereIsNoQueueAnyMore) {
  ASSERT_TRUE(Write());
  const auto told = Write({});
  ASSERT_TRUE(told);
  EXPECT_EQ(Spec(), "");
}

TEST_F(StaticSpecs, SayWhichFolderCannotBeWritten) {
  ASSERT_TRUE(ReplaceFile(options_.views, "a file in the place of the folder"));
  const auto told = Write();
  ASSERT_FALSE(told);
  EXPECT_NE(told.error().message().find(options_.views.native()), std::string::npos);
}

}  // namespace
}  // namespace nacelle

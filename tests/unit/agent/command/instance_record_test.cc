// SPDX-License-Identifier: Apache-2.0
#include "agent/command/instance_record.h"

#include <gtest/gtest.h>

#include "core/base/files.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

Inventory MachineWith(int instances, bool at_least = false) {
  Function function;
  function.id = "zip";
  function.queues = {{.id = "zip", .instances = instances, .instances_at_least = at_least}, {.id = "uncounted"}};
  Inventory inventory;
  inventory.functions = {function};
  return inventory;
}

class InstanceRecordTest : public testing::Test {
 protected:
  InstanceRecordTest() : file_(folder_.folder() / "instances.json") {}

  FakeHost folder_{{"/state", "/"}};
  std::filesystem::path file_;
};

TEST_F(InstanceRecordTest, ALaterRunOfTheSameBootKnowsWhatWasSeen) {
  InstanceKeeper(file_, "boot-1").Keep(MachineWith(16));
  EXPECT_EQ(LoadInstances(file_, "boot-1"), (InstanceMemory{.queues = {{"zip", {16, false}}}}));
}

TEST_F(InstanceRecordTest, WhatWasInDoubtStaysInDoubt) {
  InstanceKeeper(file_, "boot-1").Keep(MachineWith(1, true));
  EXPECT_TRUE(LoadInstances(file_, "boot-1").queues.at("zip").at_least);
}

TEST_F(InstanceRecordTest, AfterAnotherBootNobodyHasInstances) {
  InstanceKeeper(file_, "boot-1").Keep(MachineWith(16));
  EXPECT_EQ(LoadInstances(file_, "boot-2"), InstanceMemory{.machine_is_fresh = true});
}

TEST_F(InstanceRecordTest, WithoutARecordNothingIsKnownWhereSomethingWasGranted) {
  EXPECT_EQ(LoadInstances(file_, "boot-1"), InstanceMemory{.machine_is_fresh = true});
  for (const char* folder : {"/grants", "/claims"}) {
    folder_.Set(std::string(folder) + "/record", "");
    EXPECT_EQ(LoadInstances(file_, "boot-1"), InstanceMemory{}) << folder;
    folder_.Remove(folder);
  }
}

TEST_F(InstanceRecordTest, AnUnchangedMachineIsNotWrittenAgain) {
  InstanceKeeper keeper(file_, "boot-1");
  keeper.Keep(MachineWith(16));
  std::filesystem::remove(file_);
  keeper.Keep(MachineWith(16));
  EXPECT_FALSE(std::filesystem::exists(file_));
  keeper.Keep(MachineWith(17));
  EXPECT_TRUE(std::filesystem::exists(file_));
}

TEST_F(InstanceRecordTest, ARecordThatMakesNoSenseIsForgottenAloud) {
  for (const char* text : {"", "[]", "{}", R"({"version":2,"boot_id":"b","queues":[]})",
                           R"({"version":1,"boot_id":"b","queues":[{"id":"a","instances":-1,"at_least":false}]})"}) {
    ASSERT_TRUE(ReplaceFile(file_, text));
    testing::internal::CaptureStderr();
    EXPECT_EQ(LoadInstances(file_, "b"), InstanceMemory{}) << text;
    EXPECT_NE(testing::internal::GetCapturedStderr().find("forgotten"), std::string::npos) << text;
  }
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_store.h"

#include <gtest/gtest.h>

#include <fstream>

#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

Grant Make(std::vector<std::string> devices, bool started = false) {
  Grant grant;
  grant.resource = "nacelle.dev/zip";
  grant.devices = std::move(devices);
  grant.started = started;
  return grant;
}

TEST(GrantStore, WhatWasSavedIsThereForTheNextAgent) {
  TemporaryFolder folder;
  GrantStore first(folder.path());
  EXPECT_TRUE(first.Remember(Make({"a"})));
  EXPECT_FALSE(first.Remember(Make({"a"})));
  EXPECT_TRUE(first.Save());
  GrantStore second(folder.path());
  ASSERT_TRUE(second.Load());
  EXPECT_EQ(second.All(), std::vector<Grant>{Make({"a"})});
}

TEST(GrantStore, AnAbsentStateFolderIsNoFailure) {
  GrantStore store("/nowhere/at/all");
  EXPECT_TRUE(store.Load());
  EXPECT_TRUE(store.All().empty());
}

TEST(GrantStore, AFolderThatCannotBeReadIsAFailureNotNothing) {
  TemporaryFolder folder;
  fs::create_symlink("grants", folder.path() / "grants");
  GrantStore store(folder.path());
  EXPECT_FALSE(store.Load());
}

TEST(GrantStore, WhatCouldNotBeSavedIsSavedLater) {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "grants") << "in the way";
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  EXPECT_FALSE(store.Save());
  EXPECT_TRUE(store.HasUnsaved());
  fs::remove(folder.path() / "grants");
  EXPECT_TRUE(store.Save());
  EXPECT_FALSE(store.HasUnsaved());
}

TEST(GrantStore, AFullDiskIsAnErrorAndLeavesNoTornRecord) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  fs::create_directories(folder.path() / "grants");
  const auto record = folder.path() / "grants" / (GrantId(Make({"a"})) + ".json");
  // Nothing can be written to /dev/full, nor through a link of ours.
  fs::create_symlink("/dev/full", record);
  store.Remember(Make({"a"}));
  EXPECT_FALSE(store.Save());
  fs::remove(record);
  EXPECT_TRUE(store.Save());
}

TEST(GrantStore, ConfirmRefusesAGrantThatWasAllocatedAnew) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  ASSERT_TRUE(store.Confirm(Make({"a"}), Make({"a"}, true)));
  EXPECT_EQ(store.Find(GrantId(Make({"a"}))), Make({"a"}, true));
  EXPECT_EQ(store.Confirm(Make({"a"}), Make({"a"}, true)).error().code(), Code::kConflict);
  EXPECT_FALSE(store.HasUnsaved());
}

TEST(GrantStore, RemoveTakesRecordAndViewButNotAGrantMadeAnew) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}, true));
  ASSERT_TRUE(store.Save());
  fs::create_directories(ViewPath(folder.path(), GrantId(Make({"a"}))) / "run-nacelle");
  EXPECT_EQ(store.Remove(Make({"a"})).error().code(), Code::kConflict);
  EXPECT_TRUE(store.Remove(Make({"a"}, true)));
  EXPECT_TRUE(fs::is_empty(folder.path() / "grants"));
  EXPECT_TRUE(fs::is_empty(folder.path() / "views"));
  EXPECT_TRUE(store.All().empty());
}

TEST(GrantStore, StartedOverlappingFindsWhatSharesADeviceAndWasStarted) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}, true));
  store.Remember(Make({"b"}, false));
  store.Remember(Make({"c"}, true));
  EXPECT_EQ(store.StartedOverlapping(Make({"a", "b"})), std::vector<Grant>{Make({"a"}, true)});
  EXPECT_TRUE(store.StartedOverlapping(Make({"c"}, true)).empty());
}

TEST(GrantStore, ARecordUnderAnotherNameOrOfOthersIsIgnored) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  ASSERT_TRUE(store.Save());
  const auto record = folder.path() / "grants" / (GrantId(Make({"a"})) + ".json");
  fs::rename(record, folder.path() / "grants" / "0000000000000000.json");
  std::ofstream(folder.path() / "grants" / "notes.txt") << "mine";
  GrantStore second(folder.path());
  EXPECT_TRUE(second.Load());
  EXPECT_TRUE(second.All().empty());
  EXPECT_TRUE(fs::exists(folder.path() / "grants" / "notes.txt"));
}

}  // namespace
}  // namespace nacelle

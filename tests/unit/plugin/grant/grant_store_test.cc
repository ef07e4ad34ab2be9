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
  EXPECT_EQ(store.Unsaved(), std::vector<Grant>{Make({"a"})});
  fs::remove(folder.path() / "grants");
  EXPECT_TRUE(store.Save());
  EXPECT_TRUE(store.Unsaved().empty());
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
  EXPECT_TRUE(store.Unsaved().empty());
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

// A grants folder with one record of `text`, and a view of the same id.
std::string PutRecord(const fs::path& state, const std::string& text) {
  const auto id = GrantId(Make({"a"}));
  fs::create_directories(state / "grants");
  fs::create_directories(ViewPath(state, id) / "run-nacelle");
  std::ofstream(state / "grants" / (id + ".json")) << text;
  return id;
}

TEST(GrantStore, ATornRecordIsToldOfAndSweptWithItsView) {
  TemporaryFolder folder;
  PutRecord(folder.path(), "{\"version\":1,\"res");
  GrantStore store(folder.path());
  ASSERT_TRUE(store.Load());
  ASSERT_EQ(store.Unreadable().size(), 1u);
  EXPECT_TRUE(store.Unreadable()[0].object.ends_with(".json"));
  EXPECT_TRUE(store.Sweep({}));
  EXPECT_TRUE(fs::is_empty(folder.path() / "grants"));
  EXPECT_TRUE(fs::is_empty(folder.path() / "views"));
}

TEST(GrantStore, SweepLeavesWhatAContainerMayHave) {
  TemporaryFolder folder;
  const auto id = PutRecord(folder.path(), "torn");
  GrantStore store(folder.path());
  ASSERT_TRUE(store.Load());
  EXPECT_TRUE(store.Sweep({id}));
  EXPECT_FALSE(fs::is_empty(folder.path() / "grants"));
  EXPECT_FALSE(fs::is_empty(folder.path() / "views"));
}

TEST(GrantStore, SweepLeavesARecordOfANewerAgentAndWhatIsNotOurs) {
  TemporaryFolder folder;
  PutRecord(folder.path(), "{\"version\":99}");
  fs::create_directories(folder.path() / "views" / "mine");
  GrantStore store(folder.path());
  ASSERT_TRUE(store.Load());
  EXPECT_EQ(store.Unreadable().size(), 1u);
  EXPECT_TRUE(store.Sweep({}));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder.path() / "views"), {}), 2);
  EXPECT_FALSE(fs::is_empty(folder.path() / "grants"));
}

TEST(GrantStore, SweepLeavesGrants) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  ASSERT_TRUE(store.Save());
  fs::create_directories(ViewPath(folder.path(), GrantId(Make({"a"}))));
  EXPECT_TRUE(store.Sweep({}));
  EXPECT_FALSE(fs::is_empty(folder.path() / "grants"));
  EXPECT_FALSE(fs::is_empty(folder.path() / "views"));
}

// The agent before this one answers the kubelet until this one is registered.
TEST(GrantStore, WhatAnotherAgentRecordsLaterIsFoundByItsIdAndNotSwept) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  ASSERT_TRUE(store.Load());
  GrantStore older(folder.path());
  older.Remember(Make({"a"}));
  older.Remember(Make({"b"}));
  ASSERT_TRUE(older.Save());
  ASSERT_TRUE(store.LoadLate(GrantId(Make({"a"}))));
  EXPECT_EQ(store.Find(GrantId(Make({"a"}))), Make({"a"}));
  ASSERT_TRUE(store.Sweep({}));
  EXPECT_EQ(store.All().size(), 2u);
  EXPECT_TRUE(store.LoadLate("0000000000000000"));
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

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_store.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/support/small_disk.h"
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

// As they would be made.
std::vector<Grant> AsMade(std::vector<Grant> grants) {
  for (auto& grant : grants) {
    grant.serial = 0;
    grant.inherited = false;
  }
  return grants;
}

Grant Find(const GrantStore& store, const std::vector<std::string>& devices) {
  const auto found = store.Find(GrantId("nacelle.dev/zip", devices));
  return found ? *found : Grant();
}

// As when its container starts.
Grant Start(GrantStore& store, const std::vector<std::string>& devices) {
  auto started = Find(store, devices);
  started.started = true;
  EXPECT_TRUE(store.Confirm(Find(store, devices), started));
  return started;
}

TEST(GrantStore, WhatWasSavedIsThereForTheNextAgent) {
  TemporaryFolder folder;
  GrantStore first(folder.path());
  EXPECT_TRUE(first.Remember(Make({"a"})));
  EXPECT_FALSE(first.Remember(Make({"a"})));
  EXPECT_TRUE(first.Save());
  GrantStore second(folder.path());
  ASSERT_TRUE(second.Load());
  EXPECT_EQ(AsMade(second.All()), std::vector<Grant>{Make({"a"})});
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
  EXPECT_EQ(AsMade(store.Unsaved()), std::vector<Grant>{Make({"a"})});
  fs::remove(folder.path() / "grants");
  EXPECT_TRUE(store.Save());
  EXPECT_TRUE(store.Unsaved().empty());
}

// A store on a disk of its own, on which "a" is recorded.
class FullDiskTest : public testing::Test {
 protected:
  void SetUp() override {
    if (!disk_.ok()) GTEST_SKIP() << "needs the right to mount a tmpfs";
    store_.Remember(Make({"a"}));
    ASSERT_TRUE(store_.Save());
  }

  fs::path Record(const std::vector<std::string>& devices) const {
    return folder_.path() / "grants" / (GrantId("nacelle.dev/zip", devices) + ".json");
  }
  std::size_t Files() const {
    return static_cast<std::size_t>(std::distance(fs::directory_iterator(folder_.path() / "grants"), {}));
  }

  const TemporaryFolder folder_;
  const SmallDisk disk_{folder_.path()};
  GrantStore store_{folder_.path()};
};

TEST_F(FullDiskTest, IsAnErrorThatNamesTheRecordAndLeavesNoTornOne) {
  disk_.Fill();
  store_.Remember(Make({"b"}));
  const auto saved = store_.Save();
  ASSERT_FALSE(saved);
  EXPECT_NE(saved.error().message().find(Record({"b"}).native()), std::string::npos) << saved.error().message();
  EXPECT_EQ(Files(), 1u);
  disk_.MakeRoom();
  EXPECT_TRUE(store_.Save());
  EXPECT_TRUE(fs::exists(Record({"b"})));
}

TEST_F(FullDiskTest, OfARecordOfWhichAPartHasRoomNothingIsLeft) {
  disk_.Fill(1);
  std::vector<std::string> many;
  for (int i = 1000; i < 2000; ++i) many.push_back("device-" + std::to_string(i));
  store_.Remember(Make(many));
  EXPECT_FALSE(store_.Save());
  EXPECT_EQ(Files(), 1u);
  disk_.MakeRoom();
  EXPECT_TRUE(store_.Save());
  EXPECT_EQ(Files(), 2u);
}

TEST_F(FullDiskTest, AGrantThatCannotBeConfirmedStaysAsItWas) {
  const auto known = Find(store_, {"a"});
  auto started = known;
  started.started = true;
  disk_.Fill();
  EXPECT_FALSE(store_.Confirm(known, started));
  EXPECT_EQ(Files(), 1u);
  GrantStore next(folder_.path());
  ASSERT_TRUE(next.Load());
  EXPECT_FALSE(Find(next, {"a"}).started);
  disk_.MakeRoom();
  EXPECT_TRUE(store_.Confirm(known, started));
}

TEST(GrantStore, ConfirmRefusesAGrantThatWasAllocatedAnew) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  const auto earlier = Find(store, {"a"});
  const auto started = Start(store, {"a"});
  EXPECT_EQ(store.Confirm(earlier, started).error().code(), Code::kConflict);
  EXPECT_TRUE(store.Unsaved().empty());
  store.Remember(Make({"a"}));
  Start(store, {"a"});
  EXPECT_EQ(store.Confirm(started, started).error().code(), Code::kConflict);
}

TEST(GrantStore, RemoveTakesRecordAndViewButNotAGrantMadeAnew) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  const auto ended = Start(store, {"a"});
  store.Remember(Make({"a"}));
  const auto live = Start(store, {"a"});
  fs::create_directories(ViewPath(folder.path(), GrantId(Make({"a"}))) / "run-nacelle");
  EXPECT_EQ(store.Remove(ended).error().code(), Code::kConflict);
  EXPECT_FALSE(fs::is_empty(folder.path() / "grants"));
  EXPECT_FALSE(fs::is_empty(folder.path() / "views"));
  EXPECT_TRUE(store.Remove(live));
  EXPECT_TRUE(fs::is_empty(folder.path() / "grants"));
  EXPECT_TRUE(fs::is_empty(folder.path() / "views"));
  EXPECT_TRUE(store.All().empty());
}

TEST(GrantStore, WhatSharesADeviceAndWasStartedIsSuperseded) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  for (const auto* device : {"a", "b", "c"}) store.Remember(Make({device}));
  const auto ended = Start(store, {"a"});
  Start(store, {"c"});
  store.Remember(Make({"a", "b"}));
  EXPECT_EQ(store.TakeSuperseded(), std::vector<Grant>{ended});
  EXPECT_TRUE(store.TakeSuperseded().empty());
}

TEST(GrantStore, WhatWasIdleIsSupersededThoughItNeverStarted) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  ASSERT_TRUE(store.Rest(Find(store, {"a"})));
  store.Remember(Make({"a", "b"}));
  EXPECT_EQ(store.TakeSuperseded().size(), 1u);
}

// Two pods one after the other, each with an init container that has more devices.
TEST(GrantStore, WhatWasGrantedAnewIsNotSupersededByWhatCameBefore) {
  TemporaryFolder folder;
  GrantStore store(folder.path());
  for (int pod = 0; pod < 2; ++pod) {
    store.Remember(Make({"a", "b"}));
    store.Remember(Make({"a"}));
    Start(store, {"a", "b"});
    Start(store, {"a"});
  }
  EXPECT_TRUE(store.TakeSuperseded().empty());
}

// A grant that waits for a full disk must not end what was granted after it.
TEST(GrantStore, WhatStartsAfterAnUnsavedGrantOfItsDevicesIsNotSuperseded) {
  TemporaryFolder folder;
  std::ofstream(folder.path() / "grants") << "in the way";
  GrantStore store(folder.path());
  store.Remember(Make({"a"}));
  EXPECT_FALSE(store.Save());
  fs::remove(folder.path() / "grants");
  store.Remember(Make({"a", "b"}));
  Start(store, {"a", "b"});
  EXPECT_TRUE(store.Save());
  EXPECT_TRUE(store.TakeSuperseded().empty());
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

TEST(GrantStore, AnEntryThatCannotBeReadIsAProblemOfThatEntry) {
  TemporaryFolder folder;
  PutRecord(folder.path(), "torn");
  const auto odd = folder.path() / "grants" / "1123456789abcdef.json";
  fs::create_directories(odd);
  GrantStore store(folder.path());
  EXPECT_TRUE(store.Load());
  EXPECT_EQ(store.Unreadable().size(), 2u);
  EXPECT_TRUE(store.Sweep({}));
  EXPECT_TRUE(fs::is_empty(folder.path() / "views"));
  EXPECT_EQ(fs::directory_iterator(folder.path() / "grants")->path(), odd);
  EXPECT_FALSE(store.LoadLate("1123456789abcdef"));
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
  EXPECT_TRUE(store.Find(GrantId(Make({"a"}))));
  ASSERT_TRUE(store.Sweep({}));
  EXPECT_EQ(store.All().size(), 2u);
  EXPECT_TRUE(store.LoadLate("0000000000000000"));
}

TEST(GrantStore, WhatAnotherAgentRecordedIsInheritedUntilItIsGrantedAnew) {
  TemporaryFolder folder;
  GrantStore older(folder.path());
  older.Remember(Make({"a"}));
  ASSERT_TRUE(older.Save());
  EXPECT_FALSE(Find(older, {"a"}).inherited);
  GrantStore store(folder.path());
  ASSERT_TRUE(store.Load());
  EXPECT_TRUE(Find(store, {"a"}).inherited);
  store.Remember(Make({"a"}));
  EXPECT_FALSE(Find(store, {"a"}).inherited);
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

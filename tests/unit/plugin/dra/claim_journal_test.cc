// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_journal.h"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <csignal>

#include <algorithm>

#include "core/base/files.h"
#include "tests/support/traced_child.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

#ifdef SYS_link
constexpr long kLink = SYS_link;
#else
constexpr long kLink = SYS_linkat;  // arm64 has no other
#endif
constexpr std::size_t kMaxText = 1 << 20;

PreparedClaim Claim(const std::string& uid, const std::string& name = "c") { return {{"ns", name, uid}, "boot", true, {}}; }

class Journal : public testing::Test {
 protected:
  bool Put(const PreparedClaim& claim) { return Put(std::vector{claim}); }
  bool Put(const std::vector<PreparedClaim>& claims) {
    std::vector<ClaimJournal::Record> records;
    for (const auto& claim : claims) records.push_back({NameOf(claim.ref.uid), claim});
    return std::ranges::all_of(journal_.Put(records), [](const Status& status) { return status.ok(); });
  }

  fs::path NameOf(const std::string& uid) const { return folder_.path() / (uid + ".json"); }
  std::string Text(const std::string& uid) const {
    const auto text = ReadFile(NameOf(uid), kMaxText);
    return text ? *text : text.error().message();
  }
  Result<PreparedClaim> Read(const std::string& uid) const { return ReadRecord(Text(uid), uid); }
  ino_t FileOf(const std::string& uid) const {
    struct stat there = {};
    EXPECT_EQ(stat(NameOf(uid).c_str(), &there), 0);
    return there.st_ino;
  }

  const TemporaryFolder folder_;
  const fs::path file_ = folder_.path() / "claims.journal";
  ClaimJournal journal_{file_};
};

TEST_F(Journal, RecordsOfSeveralClaimsAreInOneFile) {
  ASSERT_TRUE(Put({Claim("u1"), Claim("u2")}));
  ASSERT_TRUE(Put(Claim("u3")));
  for (const std::string uid : {"u1", "u2", "u3"}) {
    ASSERT_TRUE(Read(uid)) << Read(uid).error().message();
    EXPECT_EQ(*Read(uid), Claim(uid));
    EXPECT_EQ(FileOf(uid), FileOf("u1"));
  }
}

TEST_F(Journal, TheNewestRecordOfAClaimCountsAlsoInAnotherFile) {
  ASSERT_TRUE(Put(Claim("u1", "before")));
  ASSERT_TRUE(Put(Claim("u1", "after")));
  EXPECT_EQ(*Read("u1"), Claim("u1", "after"));
  ClaimJournal next(file_);
  const auto latest = Claim("u1", "latest");
  ASSERT_TRUE(next.Put({{NameOf("u1"), latest}})[0]);
  EXPECT_EQ(*Read("u1"), latest);
  EXPECT_FALSE(fs::exists(NameOf("u1").native() + ".new"));
}

TEST_F(Journal, AnEarlierProcessLeftALineThatNobodyAppendsTo) {
  ASSERT_TRUE(Put(Claim("u1")));
  ASSERT_TRUE(ReplaceFile(file_, "u9 {\"vers"));
  ClaimJournal next(file_);
  const auto claim = Claim("u2");
  ASSERT_TRUE(next.Put({{NameOf("u2"), claim}})[0]);
  EXPECT_EQ(Text("u2"), "u2 " + WritePreparedClaim(claim));
  EXPECT_EQ(*Read("u1"), Claim("u1"));
}

TEST_F(Journal, AFileThatIsNotWhatItWasTakesNoLines) {
  ASSERT_TRUE(Put(Claim("u1")));
  fs::resize_file(file_, fs::file_size(file_) - 1);
  ASSERT_TRUE(Put(Claim("u2")));
  EXPECT_EQ(*Read("u2"), Claim("u2"));
  fs::remove(file_);
  ASSERT_TRUE(Put(Claim("u3")));
  EXPECT_EQ(*Read("u3"), Claim("u3"));
}

TEST_F(Journal, AFileTakesNoLinesForEver) {
  const std::string large(20'000, 'x');
  for (const std::string uid : {"u1", "u2", "u3", "u4"}) ASSERT_TRUE(Put(Claim(uid, large)));
  EXPECT_EQ(FileOf("u1"), FileOf("u2"));
  EXPECT_NE(FileOf("u1"), FileOf("u4"));
  EXPECT_LE(fs::file_size(NameOf("u1")), 64u * 1024);
  EXPECT_EQ(*Read("u1"), Claim("u1", large));
}

// As a kill in the middle of a write leaves it.
TEST_F(Journal, ALineThatIsTornLeavesAllBeforeIt) {
  ASSERT_TRUE(Put({Claim("u1", "before"), Claim("u2")}));
  const auto before = Text("u1").size();
  ASSERT_TRUE(Put(Claim("u1", "after")));
  const auto whole = Text("u1");
  for (auto size = before; size < whole.size(); ++size) {
    const auto text = whole.substr(0, size);
    ASSERT_TRUE(ReadRecord(text, "u1")) << size;
    EXPECT_EQ(*ReadRecord(text, "u1"), Claim("u1", "before")) << size;
    EXPECT_EQ(*ReadRecord(text, "u2"), Claim("u2")) << size;
  }
  EXPECT_EQ(*ReadRecord(whole, "u1"), Claim("u1", "after"));
}

// The one before may be of an allocation that has ended.
TEST_F(Journal, ABrokenNewestLineIsNamedAndNotMadeUpFor) {
  ASSERT_TRUE(Put(Claim("u1", "before")));
  const auto before = Text("u1").size();
  ASSERT_TRUE(Put(Claim("u1", "after")));
  auto text = Text("u1");
  text.replace(before + 10, 8, std::string(8, '\0'));
  const auto read = ReadRecord(text, "u1");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), Code::kInvalid);
  EXPECT_NE(read.error().message().find("line 2"), std::string::npos) << read.error().message();
}

TEST_F(Journal, AClaimThatHasEndedComesBackInAFileWithoutItsLines) {
  ASSERT_TRUE(Put({Claim("u1", "before"), Claim("u2")}));
  fs::remove(NameOf("u1"));
  journal_.End("u1");
  ASSERT_TRUE(Put(Claim("u3")));
  EXPECT_EQ(FileOf("u3"), FileOf("u2"));
  ASSERT_TRUE(Put(Claim("u1", "after")));
  EXPECT_EQ(Text("u1"), "u1 " + WritePreparedClaim(Claim("u1", "after")));
  ASSERT_TRUE(Put(Claim("u1", "again")));
  EXPECT_EQ(*Read("u1"), Claim("u1", "again"));
  EXPECT_NE(Text("u1").find("\"after\""), std::string::npos);
  EXPECT_EQ(*Read("u2"), Claim("u2"));
}

TEST_F(Journal, AnAppendThatFailsIsToldAndTheNextGoesToANewFile) {
  ASSERT_TRUE(Put(Claim("u1")));
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  const auto ignored = signal(SIGXFSZ, SIG_IGN);
  const rlimit tight{fs::file_size(file_) + 10, before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &tight), 0);
  const bool put = Put(Claim("u2"));
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, ignored);
  EXPECT_FALSE(put);
  EXPECT_FALSE(fs::exists(NameOf("u2")));
  EXPECT_EQ(*Read("u1"), Claim("u1"));
  ASSERT_TRUE(Put(Claim("u2")));
  EXPECT_EQ(*Read("u2"), Claim("u2"));
  EXPECT_NE(FileOf("u2"), FileOf("u1"));
}

TEST_F(Journal, ABrokenLineIsNamedAndHurtsNoOther) {
  ASSERT_TRUE(Put({Claim("u1"), Claim("u2"), Claim("u3")}));
  auto text = Text("u1");
  text.replace(text.find("u2 {\"version\""), 13, "u2 {\"other-s\"");
  EXPECT_NE(ReadRecord(text, "u2").error().message().find("line 2"), std::string::npos) << ReadRecord(text, "u2").error().message();
  EXPECT_TRUE(ReadRecord(text, "u1"));
  EXPECT_TRUE(ReadRecord(text, "u3"));
  EXPECT_EQ(ReadRecord(text, "u").error().code(), Code::kInvalid);
}

TEST_F(Journal, AFileOfAnOlderVersionIsOneRecord) {
  EXPECT_EQ(*ReadRecord(WritePreparedClaim(Claim("u1")), "u1"), Claim("u1"));
  EXPECT_NE(ReadRecord(WritePreparedClaim(Claim("u1")), "u2").error().message().find("the record of claim u1"), std::string::npos);
}

TEST_F(Journal, ANameThatCannotBeMadeFailsAlone) {
  fs::create_directory(NameOf("u2"));
  std::vector<PreparedClaim> claims{Claim("u1"), Claim("u2"), Claim("u3")};
  std::vector<ClaimJournal::Record> records;
  for (const auto& claim : claims) records.push_back({NameOf(claim.ref.uid), claim});
  const auto put = journal_.Put(records);
  EXPECT_TRUE(put[0] && put[2]);
  EXPECT_NE(put[1].error().message().find("u2.json"), std::string::npos);
  EXPECT_FALSE(fs::exists(NameOf("u2").native() + ".new"));
  fs::remove(NameOf("u2"));
  ASSERT_TRUE(Put(Claim("u2", "later")));
  EXPECT_EQ(Text("u2"), "u2 " + WritePreparedClaim(Claim("u2", "later")));
}

TEST_F(Journal, AFullDiskIsAnErrorUntilThereIsSpace) {
  ASSERT_TRUE(Put(Claim("u1")));
  fs::remove(file_);
  fs::create_symlink("/dev/full", file_.native() + ".new");
  EXPECT_FALSE(Put(Claim("u2")));
  EXPECT_FALSE(fs::exists(NameOf("u2")));
  EXPECT_TRUE(Put(Claim("u2")));
  EXPECT_EQ(*Read("u1"), Claim("u1"));
}

// What power loss leaves behind a name is whole only then.
TEST_F(Journal, ManyLinesAreDurableWithOneFlushBeforeAnyHasItsName) {
  if (!CanTrace()) GTEST_SKIP() << "this process may not trace its children";
  ASSERT_TRUE(Put(Claim("u0")));
  TracedChild child([&] { return Put({Claim("u1"), Claim("u2"), Claim("u3")}); });
  std::string calls;
  for (auto call = child.Next(); call; call = child.Next()) {
    if (*call == SYS_fdatasync || *call == SYS_fsync) calls += "flush ";
    if (*call == SYS_linkat || *call == kLink) calls += "link ";
  }
  EXPECT_TRUE(child.succeeded());
  EXPECT_EQ(calls, "flush link link link ");
}

}  // namespace
}  // namespace nacelle

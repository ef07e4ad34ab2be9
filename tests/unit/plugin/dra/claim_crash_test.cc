// SPDX-License-Identifier: Apache-2.0
// Claims outlive a SIGKILL before each system call of the store: what was
// prepared is there whole, or not at all.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <functional>

#include "core/base/files.h"
#include "plugin/dra/claim_store.h"
#include "tests/support/traced_child.h"
#include "tests/unit/plugin/temporary_folder.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using Strings = std::vector<std::string>;

constexpr std::size_t kMaxText = 1 << 20;

ReadyClaim Ready(const std::string& uid, const std::string& device) {
  Grant grant;
  grant.resource = "nacelle.dev/zip";
  grant.devices = {device};
  grant.queues = {{device, "f-" + device, 1, {{"/dev/" + device, 240, 1}}, {{"/sys/class/uacce", device, "../" + device}}, {}}};
  grant.boot_id = "boot";
  const auto view = uid + "-" + device;
  const PreparedClaim claim{{"ns", "name-" + uid, uid}, "boot", true, {{{"r", "n1", device, "", false}, grant, view, "cdi-" + view}}};
  return {claim, {{view, {{{"sys-class-uacce", {{device, "../" + device}}}}, "{\"grants\":[]}\n"}}}};
}

ClaimStore StoreIn(const fs::path& folder, const std::string& boot = "boot") {
  return ClaimStore(folder / "state", folder / "run", CdiFolder(folder / "cdi", "claim"), boot);
}

bool Puts(ClaimStore& store, const std::vector<ReadyClaim>& claims) {
  return std::ranges::all_of(store.Put(claims), [](const Status& status) { return status.ok(); });
}

Strings NamesIn(const fs::path& folder) {
  auto names = ListFolder(folder);
  return names ? *std::move(names) : Strings();
}

// All that is on the disk belongs to `claims`, and is whole.
void ExpectOnly(const fs::path& folder, const std::vector<PreparedClaim>& claims) {
  Strings records, views, specs;
  for (const auto& claim : claims) {
    const auto view = folder / "run/claim-views" / claim.devices[0].view;
    const auto spec = folder / "cdi" / ("nacelle.dev-claim-" + claim.ref.uid + ".json");
    records.push_back(claim.ref.uid + ".json");
    views.push_back(claim.devices[0].view);
    specs.push_back(spec.filename());
    EXPECT_TRUE(fs::is_symlink(view / "sys-class-uacce" / claim.devices[0].allocated.device)) << view;
    const auto text = ReadFile(spec, kMaxText);
    ASSERT_TRUE(text) << text.error().message();
    EXPECT_NE(text->find(view.native()), std::string::npos) << *text;
  }
  EXPECT_EQ(NamesIn(folder / "state/claims"), records);
  EXPECT_EQ(NamesIn(folder / "run/claim-views"), views);
  EXPECT_EQ(NamesIn(folder / "cdi"), specs);
}

// What `work` does to a store of `before` when it is killed before its first
// system call, its second, and so on until it ends by itself: `judge` looks at each.
void KillAtEachStep(const std::vector<ReadyClaim>& before, const std::function<bool(ClaimStore&)>& work,
                    const std::function<void(const fs::path&)>& judge) {
  for (int step = 0;; ++step) {
    SCOPED_TRACE("killed before system call " + std::to_string(step));
    const TemporaryFolder folder;
    auto store = StoreIn(folder.path());
    ASSERT_TRUE(Puts(store, before));
    TracedChild child([&] { return work(store); });
    bool goes_on = true;
    for (int made = 0; made <= step && goes_on; ++made) goes_on = child.Next().has_value();
    if (!goes_on) {
      ASSERT_GT(step, 10);
      EXPECT_TRUE(child.succeeded());
      return;
    }
    judge(folder.path());
    if (testing::Test::HasFatalFailure()) return;
  }
}

class ClaimCrash : public testing::Test {
 protected:
  void SetUp() override {
    if (!CanTrace()) GTEST_SKIP() << "this process may not trace its children";
  }
};

TEST_F(ClaimCrash, LeavesEachOfSeveralNewClaimsWholeOrNotAtAll) {
  const std::vector<ReadyClaim> claims{Ready("u1", "a"), Ready("u2", "b")};
  KillAtEachStep({Ready("u0", "z")}, [&](ClaimStore& store) { return Puts(store, claims); }, [&](const fs::path& folder) {
    auto store = StoreIn(folder);
    const auto problems = store.Load();
    ASSERT_TRUE(problems);
    EXPECT_TRUE(problems->empty()) << problems->front().message;
    const auto all = store.All();
    EXPECT_EQ(store.Find("u0"), Ready("u0", "z").claim);
    for (const auto& ready : claims) {
      EXPECT_EQ(store.Find(ready.claim.ref.uid).value_or(ready.claim), ready.claim);
    }
    ExpectOnly(folder, all);
    EXPECT_EQ(store.Held().size(), all.size());
    // The kubelet asks again, and gets the same.
    ASSERT_TRUE(Puts(store, claims));
    ExpectOnly(folder, {Ready("u0", "z").claim, claims[0].claim, claims[1].claim});
  });
}

TEST_F(ClaimCrash, LeavesAClaimThatAnotherPodJoinsAsItWasOrAsItIs) {
  const auto before = Ready("u1", "a");
  auto after = before;
  after.claim.pods = {{"joined", "uid-of-joined"}};
  KillAtEachStep({before}, [&](ClaimStore& store) { return Puts(store, {after}); }, [&](const fs::path& folder) {
    auto store = StoreIn(folder);
    ASSERT_TRUE(store.Load());
    const auto found = store.Find("u1");
    ASSERT_TRUE(found);
    EXPECT_TRUE(*found == before.claim || *found == after.claim);
    EXPECT_EQ(store.Held().size(), 1u);
    ASSERT_TRUE(Puts(store, {after}));
    ExpectOnly(folder, {after.claim});
    EXPECT_EQ(store.Find("u1"), after.claim);
  });
}

TEST_F(ClaimCrash, LeavesViewsThatAreMadeAnewWholeOrToBeMadeAgain) {
  const auto claim = Ready("u1", "a");
  const auto make_anew = [&](ClaimStore& store) {
    const auto views = store.ViewPath(claim.claim.devices[0].view).parent_path();
    fs::rename(views, views.native() + ".away");
    return Puts(store, {claim});
  };
  KillAtEachStep({claim}, make_anew, [&](const fs::path& folder) {
    auto store = StoreIn(folder);
    ASSERT_TRUE(store.Load());
    ASSERT_TRUE(Puts(store, {claim}));
    ExpectOnly(folder, {claim.claim});
  });
}

TEST_F(ClaimCrash, LeavesAClaimThatIsRemovedHeldUntilItIsGone) {
  const auto claim = Ready("u1", "a"), other = Ready("u2", "b");
  KillAtEachStep({claim, other}, [](ClaimStore& store) { return store.Remove("u1").ok(); }, [&](const fs::path& folder) {
    auto store = StoreIn(folder);
    ASSERT_TRUE(store.Load());
    const bool is_held = !store.CheckFree({"r", "n1", "a", "", false}, "u3").ok();
    EXPECT_EQ(is_held, fs::exists(folder / "state/claims/u1.json"));
    EXPECT_EQ(store.Find("u2"), other.claim);
    ASSERT_TRUE(store.Remove("u1"));
    ExpectOnly(folder, {other.claim});
  });
}

TEST_F(ClaimCrash, LeavesNothingForAnotherBoot) {
  const auto before = Ready("u1", "a"), after = Ready("u1", "b"), other = Ready("u2", "c");
  KillAtEachStep({before}, [&](ClaimStore& store) { return Puts(store, {after, other}); }, [&](const fs::path& folder) {
    auto store = StoreIn(folder, "another boot");
    const auto problems = store.Load();
    ASSERT_TRUE(problems);
    EXPECT_TRUE(problems->empty());
    EXPECT_TRUE(store.All().empty());
    EXPECT_TRUE(store.Held().empty());
    ExpectOnly(folder, {});
  });
}

}  // namespace
}  // namespace nacelle

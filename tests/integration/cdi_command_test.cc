// SPDX-License-Identifier: Apache-2.0
// What `nacelle-agent cdi` gives out beside an agent's records.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "agent/command/program.h"
#include "core/base/boot_id.h"
#include "core/base/files.h"
#include "plugin/dra/prepared_claim.h"
#include "plugin/grant/grant_record.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using testing::HasSubstr;
using testing::Not;

const std::string kHeld = "uacce-sw-zip-0";
const std::string kFree = "uacce-sw-zip-1";

class CdiCommand : public testing::Test {
 protected:
  CdiCommand() : host_{} {
    for (const std::string index : {"0", "1"}) {
      const auto path = "/devices/platform/sw_zip." + index + "/uacce/sw_zip-" + index;
      host_.Set("/sys/class/uacce/sw_zip-" + index, "-> ../.." + path);
      host_.Set("/sys" + path + "/device", "-> ../../../sw_zip." + index);
      host_.Set("/sys" + path + "/algorithms", "zlib\n");
      host_.Set("/sys" + path + "/api", "sw_v1\n");
      host_.Set("/sys" + path + "/available_instances", "16\n");
      host_.Set("/sys" + path + "/dev", "245:" + index + "\n");
      host_.Set("/sys" + path + "/flags", "1\n");
      host_.Set("/dev/sw_zip-" + index, "c 245:" + index);
    }
  }

  // Nobody answers for the kubelet.
  int Run() {
    const auto folder = host_.folder().native();
    testing::internal::CaptureStderr();
    testing::internal::CaptureStdout();
    const int status = RunProgram({"cdi", "--root", folder, "--state-dir", folder + "/state", "--kubelet-dir", folder + "/kubelet",
                                   "--output-dir", folder + "/cdi"});
    told_ = testing::internal::GetCapturedStderr() + testing::internal::GetCapturedStdout();
    return status;
  }
  std::string Spec() const {
    const auto text = ReadFile(host_.folder() / "cdi/nacelle.dev-queue-all.json", 1 << 20);
    return text ? *text : std::string();
  }
  // One of the two is in the claim "c".
  std::string RecordOfClaim() const {
    Grant grant{.resource = "nacelle.dev/zip", .devices = {kHeld}, .queues = {}, .boot_id = ReadBootId()};
    grant.queues.push_back({.id = kHeld, .function = kHeld});
    return WritePreparedClaim({{"ns", "c", "c"}, ReadBootId(), true, {{{"r", "n1", kHeld, {}, false}, grant, "v", "c"}}});
  }

  FakeHost host_;
  std::string told_;
};

TEST_F(CdiCommand, GivesOutWhatNobodyHolds) {
  EXPECT_EQ(Run(), 0) << told_;
  EXPECT_THAT(Spec(), HasSubstr(kHeld));
  EXPECT_THAT(Spec(), HasSubstr(kFree));
}

TEST_F(CdiCommand, LeavesOutWhatAClaimHolds) {
  host_.Set("/state/claims/c.json", RecordOfClaim());
  EXPECT_EQ(Run(), 0) << told_;
  EXPECT_THAT(Spec(), Not(HasSubstr(kHeld)));
  EXPECT_THAT(Spec(), HasSubstr(kFree));
}

TEST_F(CdiCommand, GivesNothingOutBesideAClaimWhoseRecordIsSpoiled) {
  host_.Set("/state/claims/c.json", "x");
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(told_, HasSubstr((host_.folder() / "state/claims/c.json").native()));
  EXPECT_EQ(Spec(), "");
}

TEST_F(CdiCommand, WhereTheKubeletDoesNotAnswerLeavesOutWhatIsOnRecordAsGranted) {
  Grant grant{.resource = "nacelle.dev/sw-zip", .devices = {kHeld}, .queues = {}, .boot_id = ReadBootId()};
  grant.queues.push_back({.id = kHeld, .function = kHeld});
  host_.Set("/state/grants/" + GrantId(grant) + ".json", WriteGrantRecord(grant));
  EXPECT_EQ(Run(), 0) << told_;
  EXPECT_THAT(told_, HasSubstr("all that is on record counts as held"));
  EXPECT_THAT(Spec(), Not(HasSubstr(kHeld)));
  EXPECT_THAT(Spec(), HasSubstr(kFree));
}

TEST_F(CdiCommand, GivesNothingOutUnderAPolicyThatCannotBeRead) {
  host_.Set("/state/policy.yaml", "kind: Something\n");
  host_.Set("/state/claims/c.json", RecordOfClaim());
  EXPECT_EQ(Run(), 1);
  EXPECT_THAT(told_, HasSubstr((host_.folder() / "state/policy.yaml").native()));
  EXPECT_EQ(Spec(), "");
}

}  // namespace
}  // namespace nacelle

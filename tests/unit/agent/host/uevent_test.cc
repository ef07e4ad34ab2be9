// SPDX-License-Identifier: Apache-2.0
#include "agent/host/uevent.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

using namespace std::string_literals;

TEST(Uevent, TellsActionPathAndSubsystem) {
  const auto event = ParseUevent(
      "add@/devices/platform/swq.0/uacce/swq-0\0ACTION=add\0DEVPATH=/devices/platform/swq.0/uacce/swq-0\0"
      "SUBSYSTEM=uacce\0MAJOR=245\0MINOR=0\0DEVNAME=swq-0\0SEQNUM=737\0"s);
  ASSERT_TRUE(event);
  EXPECT_EQ(*event, (Uevent{"add", "/devices/platform/swq.0/uacce/swq-0", "uacce"}));
}

TEST(Uevent, WithoutASubsystemHasAnEmptyOne) {
  EXPECT_EQ(ParseUevent("offline@/devices/x\0ACTION=offline\0"s)->subsystem, "");
}

TEST(Uevent, WithoutTheLastZeroByteIsRead) {
  EXPECT_EQ(ParseUevent("add@/x\0SUBSYSTEM=cpu"s)->subsystem, "cpu");
}

TEST(Uevent, UdevsMessagesAreInvalid) { EXPECT_FALSE(ParseUevent("libudev\0\xfe\xed\xca\xfe"s)); }

TEST(Uevent, NonsenseIsInvalid) {
  for (const auto& message : {""s, "\0\0\0"s, "add"s, "@/x"s, "add@x"s, "add@"s}) {
    EXPECT_FALSE(ParseUevent(message));
  }
}

}  // namespace
}  // namespace nacelle

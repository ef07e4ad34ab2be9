// SPDX-License-Identifier: Apache-2.0
#include "agent/host/host_root.h"

#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using namespace std::string_literals;

TEST(HostRoot, AnAttributeLosesItsTrailingWhiteSpace) {
  FakeHost host{{"/sys/a", "zlib\ngzip\n\n"}};
  EXPECT_EQ(*host.root().Read("/sys/a"), "zlib\ngzip");
}

TEST(HostRoot, WhereTheMachineIsThisOneProcIsThatOfTheProcess) {
  struct statfs status;
  if (statfs("/sys", &status) != 0 || status.f_type != SYSFS_MAGIC) GTEST_SKIP() << "no sysfs here";
  FakeHost recorded{{"/proc/sys/kernel/osrelease", "1.2.3\n"}, {"/sys/class", "/"}};
  EXPECT_EQ(*HostRoot(recorded.folder()).Read("/proc/sys/kernel/osrelease"), "1.2.3");
  FakeHost container{{"/sys", "-> /sys"}};
  EXPECT_EQ(*HostRoot(container.folder()).Read("/proc/sys/kernel/osrelease"), *HostRoot().Read("/proc/sys/kernel/osrelease"));
}

TEST(HostRoot, ErrorsNameThePathOfTheMachine) {
  FakeHost host{};
  const auto text = host.root().Read("/sys/a");
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error(), Error(Code::kNotFound, "/sys/a: No such file or directory"));
}

TEST(HostRoot, AnAbsentAttributeIsNoErrorWhereItIsOptional) {
  FakeHost host{};
  const auto text = host.root().ReadOptional("/sys/a");
  ASSERT_TRUE(text);
  EXPECT_FALSE(*text);
}

TEST(HostRoot, AnAttributeWhoseDeviceIsGoneIsAnErrorEvenWhereItIsOptional) {
  FakeHost host{{"/sys/a", "! ENODEV"}};
  EXPECT_FALSE(host.root().ReadOptional("/sys/a"));
}

TEST(HostRoot, ARecordedErrorIsGivenAgain) {
  FakeHost host{{"/sys/a", "! EACCES"}};
  EXPECT_EQ(host.root().Read("/sys/a").error().code(), Code::kDenied);
}

TEST(HostRoot, ALargeAttributeIsInvalid) {
  FakeHost host{{"/sys/a", std::string(HostRoot::kMaxAttribute + 1, 'x')}};
  EXPECT_EQ(host.root().Read("/sys/a").error().code(), Code::kInvalid);
}

TEST(HostRoot, ABinaryAttributeIsInvalid) {
  FakeHost host{{"/sys/a", "\x7f" "ELF\0\1\2"s}};
  EXPECT_EQ(host.root().Read("/sys/a").error().code(), Code::kInvalid);
}

TEST(HostRoot, AFifoIsNoAttributeAndKeepsNobodyWaiting) {
  FakeHost host{{"/sys", "/"}};
  ASSERT_EQ(mkfifo((host.folder() / "sys/a").c_str(), 0600), 0);
  EXPECT_EQ(host.root().Read("/sys/a").error(), Error(Code::kInvalid, "/sys/a: not a regular file"));
}

TEST(HostRoot, ADeviceIsNoAttribute) {
  EXPECT_EQ(HostRoot().Read("/dev/zero").error(), Error(Code::kInvalid, "/dev/zero: not a regular file"));
}

TEST(HostRoot, BytesAreReadFromAnOffsetAndFewerAtTheEnd) {
  FakeHost host{{"/sys/config", "ab\0cd"s}};
  EXPECT_EQ(*host.root().ReadBytes("/sys/config", 1, 3), "b\0c"s);
  EXPECT_EQ(*host.root().ReadBytes("/sys/config", 4, 4), "d");
  EXPECT_EQ(*host.root().ReadBytes("/sys/config", 9, 4), "");
  EXPECT_EQ(host.root().ReadBytes("/sys/none", 0, 4).error().code(), Code::kNotFound);
}

TEST(HostRoot, OfBytesOnlyThoseThatWereReadAreNoted) {
  FakeHost host{{"/sys/config", "0123456789"}, {"/sys/short", "0"}};
  MachineTree seen;
  const HostRoot noting(host.folder(), &seen);
  ASSERT_TRUE(noting.ReadBytes("/sys/config", 4, 2));
  ASSERT_TRUE(noting.ReadBytes("/sys/config", 1, 1));
  ASSERT_TRUE(noting.ReadBytes("/sys/short", 4, 4));
  EXPECT_EQ(seen.at("/sys/config").text, "\0001\0\00045"s);
  EXPECT_EQ(seen.at("/sys/short").text, "");
}

TEST(HostRoot, AListOfAnOldKernelMayEndInAZeroByte) {
  FakeHost host{{"/sys/a", "0-3\n\0"s}};
  EXPECT_EQ(*host.root().Read("/sys/a"), "0-3");
}

TEST(HostRoot, NumbersAreDecimalOrHexadecimal) {
  FakeHost host{{"/sys/a", "-1\n"}, {"/sys/b", "0x19e5\n"}};
  EXPECT_EQ(**host.root().ReadNumber("/sys/a"), -1);
  EXPECT_EQ(**host.root().ReadNumber("/sys/b"), 0x19e5);
}

TEST(HostRoot, WhatIsNoNumberIsInvalid) {
  for (const char* text : {"", "12x", "0x", "0x-1", "1 2", "99999999999999999999"}) {
    FakeHost host{{"/sys/a", text}};
    EXPECT_FALSE(host.root().ReadNumber("/sys/a")) << text;
  }
}

TEST(HostRoot, LinksAreFollowedInsideThePrefix) {
  FakeHost host{{"/sys/class/uacce/q-0", "-> ../../devices/platform/q.0/uacce/q-0"},
                {"/sys/devices/platform/q.0/uacce/q-0/device", "-> ../../../q.0"},
                {"/etc/absolute", "-> /sys/class"}};
  EXPECT_EQ(*host.root().Resolve("/sys/class/uacce/q-0/device"), "/sys/devices/platform/q.0");
  EXPECT_EQ(*host.root().Resolve("/etc/absolute/uacce"), "/sys/class/uacce");
}

TEST(HostRoot, LinksCannotLeaveThePrefix) {
  FakeHost host{{"/sys/a", "-> ../../../../../../sys/b"}, {"/sys/b", "x"}};
  EXPECT_EQ(*host.root().Resolve("/sys/a"), "/sys/b");
}

TEST(HostRoot, ALoopOfLinksIsInvalid) {
  FakeHost host{{"/sys/a", "-> b"}, {"/sys/b", "-> a"}};
  EXPECT_EQ(host.root().Resolve("/sys/a").error().code(), Code::kInvalid);
  EXPECT_EQ(host.root().Read("/sys/a").error().code(), Code::kInvalid);
}

TEST(HostRoot, ALinkOfSysfsIsFollowedAsResolveDoes) {
  FakeHost host{{"/sys/class/uacce/q-0", "-> ../../devices/platform/q.0/uacce/q-0"},
                {"/sys/devices/platform/q.0/uacce/q-0/device", "-> ../../../q.0"},
                {"/sys/chain", "-> class/uacce/q-0"},
                {"/sys/loop", "-> loop"},
                {"/sys/gone", "-> nothing"}};
  EXPECT_EQ(*host.root().FollowLink("/sys/class/uacce/q-0"), "/sys/devices/platform/q.0/uacce/q-0");
  EXPECT_EQ(*host.root().FollowLink("/sys/chain"), "/sys/devices/platform/q.0/uacce/q-0");
  EXPECT_EQ(host.root().FollowLink("/sys/loop").error().code(), Code::kInvalid);
  EXPECT_EQ(host.root().FollowLink("/sys/gone").error().code(), Code::kNotFound);
}

TEST(HostRoot, ALinkToNothingIsNotFound) {
  FakeHost host{{"/sys/a", "-> b"}};
  EXPECT_EQ(host.root().Resolve("/sys/a").error().code(), Code::kNotFound);
  EXPECT_TRUE(host.root().Exists("/sys/a"));
}

TEST(HostRoot, ARecordedNodeHasItsNumbers) {
  FakeHost host{{"/dev/q-0", "c 245:7"}};
  EXPECT_EQ(*host.root().Node("/dev/q-0"), (DeviceNode{"/dev/q-0", 245, 7}));
}

TEST(HostRoot, WhatIsNoDeviceIsAConflict) {
  FakeHost host{{"/dev/q-0", "hello"}, {"/dev/q-1", "/"}};
  EXPECT_EQ(host.root().Node("/dev/q-0").error().code(), Code::kConflict);
  EXPECT_EQ(host.root().Node("/dev/q-1").error().code(), Code::kConflict);
  EXPECT_EQ(host.root().Node("/dev/q-2").error().code(), Code::kNotFound);
}

TEST(HostRoot, ThisMachinesOwnNodesAreRead) {
  EXPECT_EQ(*HostRoot().Node("/dev/null"), (DeviceNode{"/dev/null", 1, 3}));
}

TEST(HostRoot, NotesWhatItSees) {
  FakeHost host{{"/sys/a", "1\n"}, {"/sys/b", "! EIO"}, {"/sys/l", "-> a"}, {"/dev/n", "c 1:2"}};
  MachineTree seen;
  const HostRoot root(host.folder(), &seen);
  EXPECT_TRUE(root.Read("/sys/a"));
  EXPECT_FALSE(root.Read("/sys/b"));
  EXPECT_FALSE(root.Read("/sys/c"));
  EXPECT_TRUE(root.Resolve("/sys/l"));
  EXPECT_TRUE(root.Node("/dev/n"));
  EXPECT_EQ(seen, (MachineTree{{"/dev/n", {MachineEntry::Kind::kNode, "1:2"}},
                               {"/sys/a", {MachineEntry::Kind::kFile, "1\n"}},
                               {"/sys/b", {MachineEntry::Kind::kError, "EIO"}},
                               {"/sys/l", {MachineEntry::Kind::kLink, "a"}}}));
}

}  // namespace
}  // namespace nacelle

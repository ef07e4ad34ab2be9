// SPDX-License-Identifier: Apache-2.0
#include "agent/host/machine_text.h"

#include <gtest/gtest.h>

#include <filesystem>

#include "agent/host/host_root.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using namespace std::string_literals;
using Kind = MachineEntry::Kind;

const MachineTree& AllKinds() {
  static const MachineTree tree = {{"/dev/q-0", {Kind::kNode, "245:0"}},
                                   {"/sys/class/uacce", {Kind::kFolder, ""}},
                                   {"/sys/class/uacce/q-0", {Kind::kLink, "../../devices/q 0"}},
                                   {"/sys/devices/q 0/api", {Kind::kFile, "v1\n"}},
                                   {"/sys/devices/q 0/bytes", {Kind::kFile, "\0\xff\\n"s}},
                                   {"/sys/devices/q 0/empty", {Kind::kFile, ""}},
                                   {"/sys/devices/q 0/isolate", {Kind::kError, "EACCES"}},
                                   {"/sys/devices/q 0/lines:", {Kind::kFile, "a\n\nb\n\n"}},
                                   {"/sys/devices/q 0/short", {Kind::kFile, "no newline"}}};
  return tree;
}

TEST(MachineText, ManyZerosAreTheirNumber) {
  const MachineTree tree = {{"/sys/config", {Kind::kFile, std::string(256, '\0') + "\r\0\1\0"s}}};
  const auto text = FormatMachine(tree);
  EXPECT_EQ(text, "nacelle-machine 1\n/sys/\n  config:\n    \\ \\z256;\\x0d\\x00\\x01\\x00\n");
  EXPECT_EQ(ParseMachine(text)->at("/sys/config"), tree.at("/sys/config"));
}

TEST(MachineText, NoLineUnpacksToMoreThanAMebibyte) {
  const std::string head = "nacelle-machine 1\n/sys/\n  a:\n    \\ ";
  EXPECT_TRUE(ParseMachine(head + "\\z1048576;\n"));
  for (const char* zeros : {"\\z1048577;", "\\z1048576;\\z1;", "\\z99999999999999999999;", "\\z-1;", "\\z;", "\\z5"}) {
    EXPECT_EQ(ParseMachine(head + zeros + "\n").error().code(), Code::kInvalid) << zeros;
  }
}

TEST(MachineText, IsReadable) {
  EXPECT_EQ(FormatMachine(AllKinds()),
            "nacelle-machine 1\n"
            "/dev/\n"
            "  q-0 c 245:0\n"
            "/sys/class/uacce/\n"
            "  q-0 -> ../../devices/q 0\n"
            "/sys/devices/q 0/\n"
            "  api = v1\n"
            "  bytes:\n"
            "    \\ \\x00\\xff\\x5cn\n"
            "  empty:\n"
            "  isolate ! EACCES\n"
            "  lines\\x3a:\n"
            "    | a\n"
            "    |\n"
            "    | b\n"
            "    |\n"
            "  short:\n"
            "    \\ no newline\n");
}

TEST(MachineText, IsReadBackAsItWas) {
  auto tree = ParseMachine(FormatMachine(AllKinds()));
  ASSERT_TRUE(tree) << tree.error().message();
  // Folders that were only implied are now said.
  tree->erase("/dev");
  tree->erase("/sys/devices/q 0");
  EXPECT_EQ(*tree, AllKinds());
}

TEST(MachineText, ErrorsNameTheLine) {
  EXPECT_EQ(ParseMachine("nacelle-machine 1\n/sys/\n  a ? b\n").error().message(), "line 3: not understood");
}

TEST(MachineText, NonsenseIsInvalid) {
  const std::string head = "nacelle-machine 1\n";
  for (const auto& text :
       {""s, "hello"s, head + "sys/\n", head + "  a = b\n", head + "/sys\n", head + "/sys/\n    | x\n",
        head + "/sys/../../etc/\n", head + "/sys/\n  .. = x\n", head + "/sys/\n  a/b = x\n",
        head + "/sys/\n  a\\x2fb = x\n", head + "/sys/\n  a = \\x0\n", head + "/sys/\n  a\n"}) {
    EXPECT_FALSE(ParseMachine(text)) << text;
  }
}

// Who looks at a machine that others recorded must not show them files of their own.
TEST(MachineText, NoLinkLeadsOutOfTheMachine) {
  const std::string head = "nacelle-machine 1\n/sys/class/q/\n  a -> ";
  for (const auto* target : {"/etc/hostname", "../../../../etc/hostname", "../../../..", "b/../../../../../etc/hostname", "../b/.."}) {
    const auto tree = ParseMachine(head + target + "\n");
    ASSERT_FALSE(tree) << target;
    EXPECT_EQ(tree.error().message(), "line 3: the link leads out of the machine");
  }
  for (const auto* target : {"../../devices/q/a", "../../../dev/q", "b", "..", "../.."}) {
    EXPECT_TRUE(ParseMachine(head + target + "\n")) << target;
  }
}

TEST(MachineText, NothingIsUnpackedThroughALink) {
  FakeHost host{};
  const MachineTree tree = {{"/a", {Kind::kLink, "/tmp"}}, {"/a/b", {Kind::kFile, "x"}}};
  EXPECT_EQ(UnpackMachine(tree, host.folder()).error().code(), Code::kInvalid);
}

TEST(MachineText, AnUnpackedMachineReadsAsItWas) {
  FakeHost host{};
  ASSERT_TRUE(UnpackMachine(AllKinds(), host.folder()).ok());
  EXPECT_EQ(*host.root().Read("/sys/devices/q 0/api"), "v1");
  EXPECT_EQ(host.root().Read("/sys/devices/q 0/isolate").error().code(), Code::kDenied);
  EXPECT_EQ(*host.root().Node("/dev/q-0"), (DeviceNode{"/dev/q-0", 245, 0}));
}

TEST(ErrnoNames, AreReadBack) {
  EXPECT_EQ(ErrnoName(ENODEV), "ENODEV");
  EXPECT_EQ(ErrnoFromName("ENODEV"), ENODEV);
  EXPECT_EQ(ErrnoFromName("nonsense"), 0);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/record.h"

#include <gtest/gtest.h>

#include "agent/command/machine_root.h"
#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(Record, KeepsTheSizeOfMemoryAndNoFigureThatChanges) {
  FakeHost host{{"/sys/class", "/"},
                {"/sys/devices/system/node/online", "0\n"},
                {"/sys/devices/system/node/node0/meminfo",
                 "Node 0 MemTotal:   1024 kB\nNode 0 MemFree:   77 kB\n"}};
  const auto text = RecordMachine(host.folder(), {});
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("meminfo = Node 0 MemTotal:   1024 kB\n"), std::string::npos) << *text;
  EXPECT_EQ(text->find("MemFree"), std::string::npos);
}

TEST(Record, OfTheProcessorsKeepsWhatTheyCanDoOnly) {
  FakeHost host{{"/sys/class", "/"},
                {"/sys/bus/dsa/devices/dsa0", "-> ../../../devices/pci0000:6a/0000:6a:01.0/dsa0"},
                {"/proc/cpuinfo", "processor\t: 0\ncpu MHz\t\t: 2100.17\nflags\t\t: fpu enqcmd\n\nprocessor\t: 1\n"}};
  const auto text = RecordMachine(host.folder(), {});
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("  cpuinfo = flags\\x09\\x09: fpu enqcmd\n"), std::string::npos) << *text;
  EXPECT_EQ(text->find("MHz"), std::string::npos);
}

TEST(Record, LeavesSerialNumbersOut) {
  FakeHost host{{"/sys/class", "/"}, {"/sys/class/dmi/id/product_serial", "S3CR3T\n"}};
  EXPECT_EQ(RecordMachine(host.folder(), {})->find("S3CR3T"), std::string::npos);
}

TEST(Record, OfConfigurationSpaceKeepsTheListAndAccessControlOnly) {
  // Head of a serial number (3), the number itself, then access control (13).
  std::string config(0x118, '\xee');
  config.replace(0x100, 4, std::string("\x03\x00\x01\x11", 4));
  config.replace(0x110, 8, std::string("\x0d\x00\x01\x00\x00\x00\x0c\x00", 8));
  const std::string bus = "/sys/devices/pci0000:6b/";
  FakeHost host{{"/sys/class/uacce/q-0", "-> ../../devices/pci0000:6b/0000:6b:00.0/uacce/q-0"},
                {"/sys/class/uacce/q-1", "-> ../../devices/pci0000:6b/0000:6b:00.1/uacce/q-1"},
                {bus + "0000:6b:00.0/uacce/q-0/device", "-> ../../../0000:6b:00.0"},
                {bus + "0000:6b:00.1/uacce/q-1/device", "-> ../../../0000:6b:00.1"},
                {bus + "0000:6b:00.0/config", config},
                {bus + "0000:6b:00.1/config", std::string(64, '\xee')}};
  const auto text = RecordMachine(host.folder(), {});
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("  config:\n    \\ \\z256;\\x03\\x00\\x01\\x11\\z12;\\x0d\\x00\\x01\\x00\\x00\\x00\\x0c\\x00\n"),
            std::string::npos)
      << *text;
  EXPECT_EQ(text->find("\\xee"), std::string::npos);
}

TEST(MachineRoot, ATextIsUnpackedAsLongAsTheObjectLives) {
  FakeHost host{{"/machine.txt", "nacelle-machine 1\n/sys/\n  a = b\n"}};
  std::filesystem::path prefix;
  {
    const auto machine = MachineRoot::Open(host.folder() / "machine.txt");
    ASSERT_TRUE(machine) << machine.error().message();
    prefix = machine->prefix();
    EXPECT_EQ(*HostRoot(prefix).Read("/sys/a"), "b");
  }
  EXPECT_FALSE(std::filesystem::exists(prefix));
}

TEST(MachineRoot, WhatIsNeitherFolderNorMachineIsInvalid) {
  FakeHost host{{"/machine.txt", "hello\n"}};
  const auto machine = MachineRoot::Open(host.folder() / "machine.txt");
  ASSERT_FALSE(machine);
  EXPECT_EQ(machine.error().code(), Code::kInvalid);
  EXPECT_EQ(MachineRoot::Open(host.folder() / "none").error().code(), Code::kNotFound);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/machine_view.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

TEST(MachineView, AQueueThatSomebodyHasOpenIsNoted) {
  const std::string dsa = "/sys/devices/pci0000:6a/0000:6a:01.0/dsa0/";
  FakeHost host{{"/sys/bus/dsa/devices/dsa0", "-> ../../../devices/pci0000:6a/0000:6a:01.0/dsa0"},
                {dsa + "state", "enabled"},
                {dsa + "wq0.0/type", "user"},
                {dsa + "wq0.0/mode", "dedicated"},
                {dsa + "wq0.0/state", "enabled"},
                {dsa + "wq0.0/clients", "0"}};
  const auto note = [&] { return ReadMachine({host.folder(), "n1", ""})->inventory.functions.at(0).access_note; };
  EXPECT_EQ(note().find("open"), std::string::npos);
  host.Set(dsa + "wq0.0/clients", "1");
  EXPECT_NE(note().find("idxd-0000-6a-01-0-wq0 is open (clients: 1)"), std::string::npos);
}

}  // namespace
}  // namespace nacelle

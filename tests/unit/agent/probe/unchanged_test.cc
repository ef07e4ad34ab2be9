// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/unchanged.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

const std::string kPath = "/sys/devices/pci0000:40/0000:40:00.0";

// One device with two functions, of which the first has a figure.
Findings Last() {
  Findings last;
  for (const char* id : {"a", "b"}) {
    Function function;
    function.id = id;
    function.path = kPath;
    function.queues.resize(1);
    function.queues[0].id = id;
    last.functions.push_back(function);
  }
  last.available = {{"a", 7}};
  last.clients = {{"b", 2}};
  return last;
}

// What is taken when `changed` has changed.
Findings Taken(const Findings& last, const std::vector<std::string>& changed) {
  Findings taken;
  const bool is_taken = Unchanged(&last, changed).Take(kPath, taken);
  EXPECT_EQ(is_taken, !taken.functions.empty());
  return taken;
}

TEST(Unchanged, AllFunctionsOfADeviceAreTakenWithTheirFigures) {
  EXPECT_EQ(Taken(Last(), {"/sys/devices/pci0000:40/0000:40:00.1"}), Last());
}

TEST(Unchanged, ADeviceAtAboveOrBelowAChangeIsReadAgain) {
  for (const auto& path : {kPath, kPath + "/uacce/q-0", std::string("/sys/devices/pci0000:40")}) {
    EXPECT_TRUE(Taken(Last(), {"/sys/other", path}).functions.empty()) << path;
  }
}

TEST(Unchanged, ADeviceThatIsNotWellIsReadAgain) {
  auto last = Last();
  last.functions[1].queues[0].health = {false, "isolated"};
  EXPECT_TRUE(Taken(last, {}).functions.empty());
  last = Last();
  last.functions[0].health = {false, "in reset"};
  EXPECT_TRUE(Taken(last, {}).functions.empty());
}

TEST(Unchanged, AfterAProblemAllAreReadAgain) {
  auto last = Last();
  last.problems = {{"somewhere", "something"}};
  EXPECT_TRUE(Taken(last, {}).functions.empty());
}

TEST(Unchanged, ADeviceThatWasNotThereIsRead) {
  Findings taken;
  const auto last = Last();
  EXPECT_FALSE(Unchanged(&last, {}).Take("/sys/devices/new", taken));
  EXPECT_FALSE(Unchanged(nullptr, {}).Take(kPath, taken));
}

}  // namespace
}  // namespace nacelle

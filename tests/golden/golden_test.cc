// SPDX-License-Identifier: Apache-2.0
// Each folder here is a machine: `machine.txt` as `nacelle-agent record` wrote
// it, and what `nacelle-agent inspect` shows of it: inspect.json, inspect.tree,
// inspect.table. After a wanted change:
//   nacelle-agent inspect -o json --root FOLDER/machine.txt > FOLDER/inspect.json
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "agent/command/inspect.h"
#include "agent/command/record.h"
#include "core/base/files.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> Machines() {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(NACELLE_GOLDEN_DIR)) {
    if (fs::exists(entry.path() / "machine.txt")) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  fs::path folder() const { return fs::path(NACELLE_GOLDEN_DIR) / GetParam(); }
  std::string machine() const { return folder() / "machine.txt"; }
};

std::string Show(const std::string& root, InspectFormat format) {
  const auto inventory = InspectMachine(root, "machine");
  return inventory ? FormatInventory(*inventory, format, false) : inventory.error().message();
}

TEST_P(Golden, IsShownAsItWasReviewed) {
  for (const char* name : {"json", "tree", "table"}) {
    const auto expected = ReadFile(folder() / (std::string("inspect.") + name), 64 << 20);
    if (!expected && std::string(name) != "json") continue;
    ASSERT_TRUE(expected) << expected.error().message();
    EXPECT_EQ(Show(machine(), *ParseInspectFormat(name)), *expected);
  }
}

TEST_P(Golden, IsTheSameAfterBeingRecordedAgain) {
  const auto text = RecordMachine(machine());
  ASSERT_TRUE(text) << text.error().message();
  const auto copy = fs::path(testing::TempDir()) / ("again-" + GetParam() + ".txt");
  std::ofstream(copy) << *text;
  EXPECT_EQ(Show(copy, InspectFormat::kJson), Show(machine(), InspectFormat::kJson));
  fs::remove(copy);
}

std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Machines, Golden, testing::ValuesIn(Machines()), TestName);

}  // namespace
}  // namespace nacelle

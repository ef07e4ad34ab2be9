// SPDX-License-Identifier: Apache-2.0
// Each folder here is a machine: `machine.txt` as `nacelle-agent record` wrote
// it, what `nacelle-agent inspect` shows of it: inspect.json, inspect.tree,
// inspect.table; and what `nacelle-agent find` answers: find.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/command/find.h"
#include "agent/command/inspect.h"
#include "agent/command/machine_view.h"
#include "agent/command/record.h"
#include "core/base/files.h"
#include "core/select/query_parser.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

// The machines whose folders have a file of that name.
std::vector<std::string> MachinesWith(const char* file) {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(NACELLE_GOLDEN_DIR)) {
    if (fs::exists(entry.path() / file)) names.push_back(entry.path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

class Golden : public testing::TestWithParam<std::string> {
 protected:
  fs::path folder() const { return fs::path(NACELLE_GOLDEN_DIR) / GetParam(); }
  std::string machine() const { return folder() / "machine.txt"; }
};

MachineView Read(const std::string& root) {
  auto machine = ReadMachine({root, "machine", {}});
  EXPECT_TRUE(machine) << machine.error().message();
  return machine ? *std::move(machine) : MachineView{};
}

TEST_P(Golden, IsShownAsItWasReviewed) {
  const auto machine = Read(this->machine());
  for (const char* name : {"json", "tree", "table", "yaml", "svg"}) {
    const auto expected = ReadFile(folder() / (std::string("inspect.") + name), 64 << 20);
    if (!expected && std::string(name) != "json") continue;
    ASSERT_TRUE(expected) << expected.error().message();
    EXPECT_EQ(FormatInventory(machine.inventory, *ParseInspectFormat(name), false), *expected);
  }
}

// find.txt: lines "$ find [-o FORMAT] QUERY", each with what it prints.
std::string Answer(const MachineView& machine, std::string words) {
  auto format = FindFormat::kTable;
  if (words.starts_with("-o json ")) {
    format = FindFormat::kJson;
    words.erase(0, 8);
  }
  const auto query = ReadQueryOrShow(words);
  if (!query) return query.error().message() + "\n";
  return FindOnMachine(machine, {words, *query, 3, false, {}}, format).text;
}

using GoldenQueries = Golden;

TEST_P(GoldenQueries, AreAnsweredAsItWasReviewed) {
  const auto expected = ReadFile(folder() / "find.txt", 1 << 20);
  ASSERT_TRUE(expected);
  const auto machine = Read(this->machine());
  constexpr std::string_view kPrompt = "$ find ";
  std::string text;
  std::istringstream lines(*expected);
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with(kPrompt)) continue;
    text += (text.empty() ? "" : "\n") + line + "\n" + Answer(machine, line.substr(kPrompt.size()));
  }
  EXPECT_EQ(text, *expected);
}

TEST_P(Golden, IsTheSameAfterBeingRecordedAgain) {
  const auto text = RecordMachine(machine(), {});
  ASSERT_TRUE(text) << text.error().message();
  const auto copy = fs::path(testing::TempDir()) / ("again-" + GetParam() + ".txt");
  std::ofstream(copy) << *text;
  EXPECT_EQ(Read(copy).inventory, Read(machine()).inventory);
  fs::remove(copy);
}

std::string TestName(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param;
  std::replace_if(name.begin(), name.end(), [](char c) { return c == '-' || c == '.'; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Machines, Golden, testing::ValuesIn(MachinesWith("machine.txt")), TestName);
INSTANTIATE_TEST_SUITE_P(Machines, GoldenQueries, testing::ValuesIn(MachinesWith("find.txt")), TestName);

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
// Each folder here is a machine: `machine.txt` as `nacelle-agent record` wrote
// it, or `archive`, the name of a recorded /sys that is not in this project; what `nacelle-agent inspect` shows of it: inspect.json, inspect.tree,
// inspect.table; and what `nacelle-agent find` answers: find.txt.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "agent/command/find.h"
#include "agent/command/inspect.h"
#include "agent/command/machine_view.h"
#include "agent/command/node_state.h"
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

// As the program shows it where no agent has run.
void ExpectShown(const MachineView& machine, const fs::path& folder) {
  const auto offers = OffersOfFunctions(machine.inventory, PlanOf(machine, NodeState{}, {}));
  for (const char* name : {"json", "tree", "table", "yaml", "svg"}) {
    const auto expected = ReadFile(folder / (std::string("inspect.") + name), 64 << 20);
    if (!expected && std::string(name) != "json") continue;
    ASSERT_TRUE(expected) << expected.error().message();
    EXPECT_EQ(FormatInventory(machine.inventory, *ParseInspectFormat(name), false, offers), *expected);
  }
}

TEST_P(Golden, IsShownAsItWasReviewed) { ExpectShown(Read(machine()), folder()); }

// The recorded machines of others, which are not in this project.
class GoldenArchive : public Golden {
 protected:
  void SetUp() override {
    const char* given = std::getenv("NACELLE_MACHINES");
    const fs::path machines = given != nullptr ? given : NACELLE_MACHINES_DIR;
    if (!fs::is_directory(machines)) GTEST_SKIP() << "no recorded machines in " << machines;
    std::ifstream(folder() / "archive") >> archive_ >> name_;
    unpacked_ = fs::path(testing::TempDir()) / ("golden-" + GetParam());
    fs::create_directories(unpacked_);
    const auto command = "tar -C '" + unpacked_.native() + "' -xf '" + (machines / archive_).native() + "'";
    ASSERT_EQ(std::system(command.c_str()), 0);
  }
  void TearDown() override { fs::remove_all(unpacked_); }

  std::string archive_;
  std::string name_;  // of the folder in it
  fs::path unpacked_;
};

TEST_P(GoldenArchive, IsShownAsItWasReviewed) { ExpectShown(Read(unpacked_ / name_), folder()); }

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
INSTANTIATE_TEST_SUITE_P(Machines, GoldenArchive, testing::ValuesIn(MachinesWith("archive")), TestName);
INSTANTIATE_TEST_SUITE_P(Machines, GoldenQueries, testing::ValuesIn(MachinesWith("find.txt")), TestName);

}  // namespace
}  // namespace nacelle

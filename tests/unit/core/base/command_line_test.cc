// SPDX-License-Identifier: Apache-2.0
#include "core/base/command_line.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

struct Ran {
  int status;
  std::string out;
  std::string err;
};

Status Fails(const Arguments& arguments) {
  return Error(arguments.Has("--wrong") ? Code::kInvalid : Code::kNotFound, "no " + arguments.operands.front());
}

Ran Called(const std::vector<std::string>& words) {
  const CommandLine line{.program = "tool", .called = "big tool", .version = "1.2",
                         .commands = {{"greet", "says hello", "usage: greet\n", {}, 0, 0, [](const Arguments&) { return WriteOut("hello\n"); }},
                                      {"look", "looks", "usage: look\n", {}, 1, 2, Fails, {"--wrong"}}},
                         .common_options = {"--as"}, .common_help = "common\n", .example = "greet"};
  testing::internal::CaptureStdout();
  testing::internal::CaptureStderr();
  const int status = RunCommandLine(line, words);
  auto out = testing::internal::GetCapturedStdout();
  return {status, std::move(out), testing::internal::GetCapturedStderr()};
}

TEST(CommandLine, ACommandThatSucceedsIs0) {
  const auto ran = Called({"greet", "--as", "me"});
  EXPECT_EQ(ran.status, 0);
  EXPECT_EQ(ran.out, "hello\n");
}

TEST(CommandLine, AnAnswerThatIsNoIs1AndWrongUse2) {
  const auto no = Called({"look", "x"});
  EXPECT_EQ(no.status, 1);
  EXPECT_EQ(no.err, "tool: look: no x\n");
  EXPECT_EQ(Called({"look", "x", "--wrong"}).status, 2);
}

TEST(CommandLine, TheNumberOfOperandsIsChecked) {
  EXPECT_EQ(Called({"greet", "x"}).err, "tool: greet: expected 0 operands, not 1; see --help\n");
  EXPECT_EQ(Called({"look", "x", "y", "z"}).err, "tool: look: expected at most 2 operands, not 3; see --help\n");
  EXPECT_EQ(Called({"look"}).status, 2);
}

TEST(CommandLine, ACommandThatIsNotThereIsNamed) {
  EXPECT_EQ(Called({"greed"}).err, "tool: no such command: greed; see --help\n");
  EXPECT_EQ(Called({}).err, "tool: no command; see --help\n");
}

TEST(CommandLine, HelpListsTheCommandsWithAnExample) {
  const auto help = Called({"--help"});
  EXPECT_EQ(help.status, 0);
  EXPECT_EQ(help.out, "usage: big tool COMMAND [OPTION]…\n\n  greet  says hello\n  look   looks\n\n"
                      "example: big tool greet\nhelp:    big tool COMMAND --help\nversion: big tool --version\n");
  EXPECT_EQ(Called({"greet", "--help"}).out, "usage: greet\ncommon\n");
}

TEST(CommandLine, SaysItsVersion) { EXPECT_EQ(Called({"--version"}).out, "tool 1.2\n"); }

}  // namespace
}  // namespace nacelle

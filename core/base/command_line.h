// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/arguments.h"
#include "core/base/result.h"

namespace nacelle {

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view help;
  std::vector<std::string_view> options;
  std::size_t least_operands;
  std::size_t most_operands;
  Status (*run)(const Arguments&);
  std::vector<std::string_view> flags = {};  // options without a value
};

// A program with commands.
struct CommandLine {
  std::string_view program;  // as errors name it: "nacelle-agent"
  std::string_view called;   // as a person calls it: "kubectl nacelle"
  std::string_view version;
  std::vector<Command> commands;
  std::vector<std::string_view> common_options = {};  // of every command
  std::vector<std::string_view> common_flags = {};    // those without a value
  std::vector<std::string_view> repeated = {};        // of the common options: may be given several times
  std::string_view common_help = {};                  // follows each command's help
  std::string_view example;                           // a command
};

// Writes to standard output, all or an error.
Status WriteOut(const std::string& text);

// Runs what `words` say. Errors are one line on standard error; the exit status
// is 0, 1 (no), 2 (wrong use).
int RunCommandLine(const CommandLine& line, std::span<const std::string> words);

}  // namespace nacelle

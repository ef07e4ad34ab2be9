// SPDX-License-Identifier: Apache-2.0
#include "core/base/command_line.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>

#include "core/base/line_sink.h"
#include "core/base/printable.h"

namespace nacelle {
namespace {

std::string UsageText(const CommandLine& line) {
  const std::string called(line.called);
  std::size_t width = 0;
  for (const auto& command : line.commands) width = std::max(width, command.name.size());
  auto text = "usage: " + called + " COMMAND [OPTION]…\n\n";
  for (const auto& command : line.commands) {
    std::string name(command.name);
    name.resize(width + 2, ' ');
    text += "  " + name + std::string(command.summary) + "\n";
  }
  return text + "\nexample: " + called + " " + std::string(line.example) + "\nhelp:    " + called + " COMMAND --help\nversion: " + called +
         " --version\n";
}

// A message may show a line of the user's with a caret below.
std::string PrintableLines(std::string_view text) {
  std::string out;
  for (std::size_t end = text.find('\n'); end != std::string_view::npos; end = text.find('\n')) {
    out += Printable(text.substr(0, end)) + '\n';
    text.remove_prefix(end + 1);
  }
  return out + Printable(text);
}

int Fail(const CommandLine& line, const std::string& message, int status) {
  // A daemon whose log nobody reads ends all the same.
  if (!TakesLine(STDERR_FILENO)) return status;
  std::fprintf(stderr, "%s: %s\n", std::string(line.program).c_str(), PrintableLines(message).c_str());
  return status;
}

std::string Expected(const Command& command) {
  if (command.least_operands == command.most_operands) return std::to_string(command.least_operands);
  return "at most " + std::to_string(command.most_operands);
}

int RunOne(const CommandLine& line, const Command& command, std::span<const std::string> words) {
  const auto in = std::string(command.name) + ": ";
  auto options = command.options;
  options.insert(options.end(), line.common_options.begin(), line.common_options.end());
  auto flags = command.flags;
  flags.insert(flags.end(), line.common_flags.begin(), line.common_flags.end());
  const auto arguments = ParseArguments(words, options, flags, line.repeated);
  if (!arguments) return Fail(line, in + arguments.error().message(), 2);
  if (arguments->help) return WriteOut(std::string(command.help) + std::string(line.common_help)).ok() ? 0 : 1;
  const auto operands = arguments->operands.size();
  if (operands < command.least_operands || operands > command.most_operands) {
    return Fail(line, in + "expected " + Expected(command) + " operands, not " + std::to_string(operands) + "; see --help", 2);
  }
  const auto status = command.run(*arguments);
  if (status) return 0;
  return Fail(line, in + status.error().message(), status.error().code() == Code::kInvalid ? 2 : 1);
}

}  // namespace

Status WriteOut(const std::string& text) {
  if (std::fwrite(text.data(), 1, text.size(), stdout) == text.size() && std::fflush(stdout) == 0) return {};
  return ErrnoError(errno, "standard output");
}

int RunCommandLine(const CommandLine& line, std::span<const std::string> words) {
  if (words.empty()) return Fail(line, "no command; see --help", 2);
  const auto& first = words.front();
  if (first == "--help" || first == "-h") return WriteOut(UsageText(line)).ok() ? 0 : 1;
  if (first == "--version") return WriteOut(std::string(line.program) + " " + std::string(line.version) + "\n").ok() ? 0 : 1;
  const auto command = std::find_if(line.commands.begin(), line.commands.end(), [&](const Command& one) { return one.name == first; });
  if (command == line.commands.end()) return Fail(line, "no such command: " + first + "; see --help", 2);
  return RunOne(line, *command, words.subspan(1));
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/program.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <span>
#include <string_view>

#include "agent/command/arguments.h"
#include "agent/command/inspect.h"
#include "agent/command/machine_root.h"
#include "agent/command/record.h"
#include "agent/command/run.h"
#include "core/base/files.h"

namespace nacelle {
namespace {

struct Command {
  std::string_view name;
  std::string_view summary;
  std::string_view help;
  std::vector<std::string_view> options;
  std::size_t operands;
  Status (*run)(const Arguments&);
};

// The name that Kubernetes knows this machine by.
std::string NodeName() {
  if (const char* name = getenv("NODE_NAME"); name != nullptr && *name != '\0') return name;
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

Status Print(const std::string& text) {
  if (fwrite(text.data(), 1, text.size(), stdout) == text.size() && fflush(stdout) == 0) return {};
  return ErrnoError(errno, "standard output");
}

Status Inspect(const Arguments& arguments) {
  const auto format = ParseInspectFormat(arguments.Get("-o", "table"));
  if (!format) return format.error();
  const auto root = arguments.Get("--root", "");
  // A recorded machine's name is its file's, not that of the machine that reads it.
  const auto name = root.empty() ? NodeName() : std::filesystem::path(root).stem().native();
  const auto inventory = InspectMachine(root, arguments.Get("--node", name));
  if (!inventory) return inventory.error();
  return Print(FormatInventory(*inventory, *format, isatty(STDOUT_FILENO) == 1));
}

Status Record(const Arguments& arguments) {
  const auto text = RecordMachine(arguments.Get("--root", ""));
  if (!text) return text.error();
  const auto& file = arguments.operands.front();
  return file == "-" ? Print(*text) : WriteFileDurably(std::filesystem::absolute(file), *text);
}

Status Unpack(const Arguments& arguments) {
  return UnpackRecord(arguments.operands[0], arguments.operands[1]);
}

Status Run(const Arguments& arguments) {
  RunOptions options;
  options.root = arguments.Get("--root", "");
  options.kubelet_dir = arguments.Get("--kubelet-dir", options.kubelet_dir);
  options.state_dir = arguments.Get("--state-dir", options.state_dir);
  options.listen = arguments.Get("--listen", options.listen);
  options.node = arguments.Get("--node", NodeName());
  // Both end up in what the kubelet and the runtime are told.
  for (const auto& [option, path] : {std::pair("--kubelet-dir", &options.kubelet_dir), {"--state-dir", &options.state_dir}}) {
    if (!path->starts_with('/')) return Error(Code::kInvalid, std::string(option) + ": not an absolute path: '" + *path + "'");
  }
  const auto route = ParseRoute(arguments.Get("--registration", "kubelet-socket"));
  if (!route) return route.error();
  options.route = *route;
  return RunAgent(options);
}

const std::array<Command, 4>& Commands() {
  static const std::array<Command, 4> commands = {{
      {"run", "offers this node's accelerators to the kubelet",
       "usage: nacelle-agent run [--root DIR] [--kubelet-dir DIR] [--state-dir DIR] [--listen ADDR]\n"
       "                         [--node NAME] [--registration kubelet-socket|plugins-registry]\n"
       "\n"
       "Runs until SIGTERM; SIGHUP makes it look again at once. --root is where the host's\n"
       "/sys and /dev are, --listen where /healthz, /readyz and /metrics are answered (\"\"\n"
       "for nowhere).\n"
       "\n"
       "example: nacelle-agent run --root /host --listen 127.0.0.1:9440\n",
       {"--root", "--kubelet-dir", "--state-dir", "--listen", "--node", "--registration"},
       0,
       Run},
      {"inspect", "shows this machine's accelerators and memory",
       "usage: nacelle-agent inspect [-o table|json|tree] [--root DIR|FILE] [--node NAME]\n"
       "\n"
       "--root shows a recorded machine: a folder with its /sys and /dev, or a file that\n"
       "`record` wrote.\n"
       "\n"
       "example: nacelle-agent inspect -o tree\n",
       {"-o", "--root", "--node"},
       0,
       Inspect},
      {"record", "writes this machine as a text that inspect and run can read",
       "usage: nacelle-agent record FILE [--root DIR]\n"
       "\n"
       "Serial numbers and names of the machine are left out. FILE may be -.\n"
       "\n"
       "example: nacelle-agent record machine.txt && nacelle-agent inspect --root machine.txt\n",
       {"--root"},
       1,
       Record},
      {"unpack", "writes a recorded machine as a folder, to be looked at or changed",
       "usage: nacelle-agent unpack FILE DIR\n"
       "\n"
       "DIR is made, or empty. Device nodes become plain files \"c MAJOR:MINOR\".\n"
       "\n"
       "example: nacelle-agent unpack machine.txt machine && nacelle-agent inspect --root machine\n",
       {},
       2,
       Unpack},
  }};
  return commands;
}

std::string Usage() {
  std::string text = "usage: nacelle-agent COMMAND [OPTION]…\n\n";
  for (const auto& command : Commands()) {
    std::string name(command.name);
    name.resize(10, ' ');
    text += "  " + name + std::string(command.summary) + "\n";
  }
  return text + "\nexample: nacelle-agent inspect\nhelp:    nacelle-agent COMMAND --help\nversion: nacelle-agent --version\n";
}

int Fail(const std::string& message, int status) {
  fprintf(stderr, "nacelle-agent: %s\n", message.c_str());
  return status;
}

int RunCommand(const Command& command, std::span<const std::string> words) {
  const std::string name(command.name);
  const auto arguments = ParseArguments(words, command.options);
  if (!arguments) return Fail(name + ": " + arguments.error().message(), 2);
  if (arguments->help) return Print(std::string(command.help)).ok() ? 0 : 1;
  if (arguments->operands.size() != command.operands) {
    return Fail(name + ": expected " + std::to_string(command.operands) + " operands; see --help", 2);
  }
  const auto status = command.run(*arguments);
  if (status) return 0;
  return Fail(name + ": " + status.error().message(), status.error().code() == Code::kInvalid ? 2 : 1);
}

}  // namespace

int RunProgram(const std::vector<std::string>& words) {
  if (words.empty()) return Fail("no command; see --help", 2);
  if (words.front() == "--help" || words.front() == "-h") return Print(Usage()).ok() ? 0 : 1;
  if (words.front() == "--version") return Print("nacelle-agent " NACELLE_VERSION "\n").ok() ? 0 : 1;
  const auto& commands = Commands();
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const Command& candidate) { return candidate.name == words.front(); });
  if (command == commands.end()) return Fail("no such command: " + words.front() + "; see --help", 2);
  return RunCommand(*command, std::span(words).subspan(1));
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/program.h"

#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>

#include "agent/command/find.h"
#include "agent/command/held_on_node.h"
#include "agent/command/help.h"
#include "agent/command/inspect.h"
#include "agent/command/machine_root.h"
#include "agent/command/machine_view.h"
#include "agent/command/node_state.h"
#include "agent/command/policy_check.h"
#include "agent/command/record.h"
#include "agent/command/run.h"
#include "agent/command/static_specs.h"
#include "agent/command/usage_of.h"
#include "core/base/arguments.h"
#include "core/base/boot_id.h"
#include "core/base/command_line.h"
#include "core/base/files.h"
#include "core/base/join.h"
#include "core/config/policy_file.h"
#include "core/select/query_parser.h"
#include "plugin/holders/pod_resources.h"
#include "plugin/offer/selection.h"

namespace nacelle {
namespace {

// The name that Kubernetes knows this machine by.
std::string NodeName() {
  if (const char* name = getenv("NODE_NAME"); name != nullptr && *name != '\0') return name;
  std::array<char, HOST_NAME_MAX + 1> name{};
  return gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "";
}

MachineSource SourceOf(const Arguments& arguments) {
  const auto root = arguments.Get("--root", "");
  // A recorded machine's name is its file's, not that of the machine that reads it.
  const auto name = root.empty() ? NodeName() : std::filesystem::path(root).stem().native();
  return {root, arguments.Get("--node", name), arguments.Get("--hardware", "")};
}

// Of this machine, or of one whose state folder is named.
NodeState StateOf(const Arguments& arguments) {
  if (arguments.Has("--root") && !arguments.Has("--state-dir")) return {};
  return ReadNodeState(arguments.Get("--state-dir", "/var/lib/nacelle"), ReadBootId());
}

std::string Show(const Problem& problem) {
  return problem.message.starts_with(problem.object) ? problem.message : problem.object + ": " + problem.message;
}

// What cannot be read is told, and counts as nothing.
NodeState StateToShow(const Arguments& arguments) {
  auto state = StateOf(arguments);
  for (const auto& problem : state.problems) {
    fprintf(stderr, "nacelle-agent: what is offered or held is not all known: %s\n", Show(problem).c_str());
  }
  return state;
}

Status Inspect(const Arguments& arguments) {
  const auto format = ParseInspectFormat(arguments.Get("-o", "table"));
  if (!format) return format.error();
  const auto machine = ReadMachine(SourceOf(arguments));
  if (!machine) return machine.error();
  const auto state = StateToShow(arguments);
  const auto offers = OffersOfFunctions(machine->inventory, PlanOf(*machine, state, state.claims));
  return WriteOut(FormatInventory(machine->inventory, *format, isatty(STDOUT_FILENO) == 1, offers));
}

// What is held on the machine, by its kubelet and the agent's records.
std::vector<HeldShare> AskHeld(const MachineView& machine, const NodeState& state, const Arguments& arguments) {
  if (arguments.Has("--root") && !arguments.Has("--kubelet-dir")) return HeldOnNode(machine, state, nullptr, ReadBootId());
  const auto socket = PodResourcesSocket(arguments.Get("--kubelet-dir", "/var/lib/kubelet"));
  const PodResources pod_resources(socket);
  const auto listed = pod_resources.List(std::chrono::seconds(2), {});
  if (listed) return HeldOnNode(machine, state, &*listed, ReadBootId());
  // Without a kubelet and without records nobody holds anything.
  if (!state.grants.empty() || std::filesystem::exists(socket)) {
    fprintf(stderr, "nacelle-agent: what pods hold is not known, and all that is on record counts as held: %s\n",
            listed.error().message().c_str());
  }
  return HeldOnNode(machine, state, nullptr, ReadBootId());
}

Status FindQueues(const Arguments& arguments) {
  const auto format = ParseFindFormat(arguments.Get("-o", "table"));
  if (!format) return format.error();
  const auto limit = ParseLimit(arguments.Get("--limit", "10"));
  if (!limit) return limit.error();
  const auto& text = arguments.operands.front();
  const auto query = ReadQueryOrShow(text);
  if (!query) return query.error();
  const auto source = SourceOf(arguments);
  const auto machine = ReadMachine(source);
  if (!machine) return machine.error();
  FindRequest request{text, *query, *limit, arguments.Has("--all"), {}};
  if (source.root.empty()) {
    const auto state = StateToShow(arguments);
    const auto held = AskHeld(*machine, state, arguments);
    request.usage = UsageOf(PlanOf(*machine, state, held).offers, held);
  }
  const auto report = FindOnMachine(*machine, request, *format);
  if (auto status = WriteOut(report.text); !status || report.answered) return status;
  return Error(Code::kNotFound, "nothing answers: " + Print(*query));
}

// A policy with a mistake is an answer, "no", not wrong use.
Status Refused(const Error& error) { return Error(Code::kConflict, error.message()); }

Status Check(const Arguments& arguments) {
  const auto& file = arguments.operands.front();
  const auto text = ReadPolicyText(file);
  if (!text) return Refused(text.error());
  const auto policy = ParsePolicy(*text, file);
  if (!policy) return Refused(policy.error());
  if (!arguments.Has("--root")) return WriteOut("ok\n");
  const auto machine = ReadMachine(SourceOf(arguments));
  if (!machine) return machine.error();
  const auto shares = CheckShares(machine->inventory, *policy, machine->numa_of_cpu, file);
  if (!shares) return Refused(shares.error());
  return WriteOut(DescribePolicy(*policy, *machine) + "ok\n");
}

// What is remembered says who holds what: nothing is given out where it does not.
Status CheckKnown(const NodeState& state) {
  std::vector<std::string> unknown;
  for (const auto& problem : state.problems) unknown.push_back(Show(problem));
  if (unknown.empty()) return {};
  return Error(Code::kUnavailable, "which queues are held is not known: " + Join(unknown, "; "));
}

// The paths are those that the runtime will see: of this machine, whatever --root is.
Status Cdi(const Arguments& arguments) {
  const auto machine = ReadMachine(SourceOf(arguments));
  if (!machine) return machine.error();
  const auto state = StateOf(arguments);
  if (auto status = CheckKnown(state); !status) return status;
  const auto held = AskHeld(*machine, state, arguments);
  StaticSpecOptions options;
  if (!arguments.Has("--output-dir")) {
    if (auto status = RemoveLastingSpecs(); !status) return status;
  }
  options.cdi_dir = std::filesystem::absolute(arguments.Get("--output-dir", options.cdi_dir));
  options.views = std::filesystem::absolute(arguments.Get("--state-dir", "/var/lib/nacelle")) / "queues";
  const auto told = WriteStaticSpecs(machine->inventory, PlanOf(*machine, state, held), held, options);
  return told ? WriteOut(*told) : Status(told.error());
}

Status Record(const Arguments& arguments) {
  const auto text = RecordMachine(arguments.Get("--root", ""), arguments.Get("--hardware", ""));
  if (!text) return text.error();
  const auto& file = arguments.operands.front();
  return file == "-" ? WriteOut(*text) : WriteUserFile(std::filesystem::absolute(file), *text);
}

Status Unpack(const Arguments& arguments) {
  return UnpackRecord(arguments.operands[0], arguments.operands[1]);
}

Status Run(const Arguments& arguments) {
  RunOptions options;
  options.root = arguments.Get("--root", "");
  options.kubelet_dir = arguments.Get("--kubelet-dir", options.kubelet_dir);
  options.state_dir = arguments.Get("--state-dir", options.state_dir);
  options.run_dir = arguments.Get("--run-dir", options.run_dir);
  options.listen = arguments.Get("--listen", options.listen);
  options.node = arguments.Get("--node", NodeName());
  options.pod = arguments.Get("--pod", "");
  options.hardware = arguments.Get("--hardware", "");
  if (arguments.Has("--policy")) options.policy = std::filesystem::absolute(arguments.Get("--policy", "")).native();
  options.cdi_dir = arguments.Get("--cdi-dir", options.cdi_dir);
  options.kube_api = arguments.Get("--kube-api", "");
  options.kube_token = arguments.Get("--kube-token", "");
  options.kube_ca = arguments.Get("--kube-ca", "");
  // All end up in what the kubelet and the runtime are told.
  for (const auto& [option, path] : {std::pair("--kubelet-dir", &options.kubelet_dir), {"--state-dir", &options.state_dir},
                                     {"--run-dir", &options.run_dir}}) {
    if (!path->starts_with('/')) return Error(Code::kInvalid, std::string(option) + ": not an absolute path: '" + *path + "'");
  }
  const auto route = ParseRoute(arguments.Get("--registration", "kubelet-socket"));
  if (!route) return route.error();
  options.route = *route;
  options.take_over = arguments.Has("--take-over");
  return RunAgent(options);
}

std::vector<Command> Commands() {
  return {
      {"run", "offers this node's accelerators to the kubelet", kRunHelp,
       {"--root", "--kubelet-dir", "--state-dir", "--run-dir", "--listen", "--node", "--pod", "--registration", "--hardware", "--policy", "--cdi-dir",
        "--kube-api", "--kube-token", "--kube-ca"}, 0, 0, Run, {"--take-over"}},
      {"inspect", "shows this machine's accelerators and memory", kInspectHelp,
       {"-o", "--root", "--node", "--hardware", "--state-dir"}, 0, 0, Inspect},
      {"find", "answers a query: what is nearest, shares HBM, or can be chained", kFindHelp,
       {"-o", "--limit", "--root", "--node", "--hardware", "--kubelet-dir", "--state-dir"}, 1, 1, FindQueues, {"--all"}},
      {"check", "says whether a policy is without mistake, and what it does on a machine", kCheckHelp,
       {"--root", "--node", "--hardware"}, 1, 1, Check},
      {"cdi", "writes CDI specs for containers without Kubernetes", kCdiHelp,
       {"--output-dir", "--state-dir", "--kubelet-dir", "--root", "--node", "--hardware"}, 0, 0, Cdi},
      {"record", "writes this machine as a text that inspect and run can read", kRecordHelp,
       {"--root", "--hardware"}, 1, 1, Record},
      {"unpack", "writes a recorded machine as a folder, to be looked at or changed", kUnpackHelp,
       {}, 2, 2, Unpack},
  };
}

}  // namespace

int RunProgram(const std::vector<std::string>& words) {
  return RunCommandLine({.program = "nacelle-agent", .called = "nacelle-agent", .version = NACELLE_VERSION, .commands = Commands(), .example = "inspect"}, words);
}

}  // namespace nacelle

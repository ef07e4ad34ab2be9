// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/program.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <sstream>
#include <string_view>

#include "core/base/arguments.h"
#include "core/base/command_line.h"
#include "core/crd/node_accelerators.h"
#include "core/describe/inventory_svg.h"
#include "core/describe/inventory_tree.h"
#include "core/select/query_parser.h"
#include "tools/kubectl-nacelle/claim_template.h"
#include "tools/kubectl-nacelle/cluster_find.h"
#include "tools/kubectl-nacelle/cluster_view.h"
#include "tools/kubectl-nacelle/doctor.h"
#include "tools/kubectl-nacelle/help.h"
#include "tools/kubectl-nacelle/kubectl.h"
#include "tools/kubectl-nacelle/picture_uses.h"
#include "tools/kubectl-nacelle/tables.h"

namespace nacelle::kubectl {
namespace {

// Passed on to kubectl as they are.
constexpr std::array<std::string_view, 20> kCommon = {
    "--context", "--kubeconfig", "--cluster", "--user", "--server", "-s", "--token", "--as", "--as-group", "--as-uid", "--as-user-extra",
    "--certificate-authority", "--client-certificate", "--client-key", "--tls-server-name", "--username", "--password",
    "--request-timeout", "--namespace", "-n"};
// kubectl asks for one after the other.
constexpr std::size_t kNodesByName = 20;
constexpr std::array<std::string_view, 3> kCommonFlags = {"--insecure-skip-tls-verify", "--disable-compression", "--match-server-version"};

Colour ColourHere() { return isatty(STDOUT_FILENO) == 1 ? Colour::kYes : Colour::kNo; }

Kubectl KubectlOf(const Arguments& arguments) {
  std::vector<std::string> common;
  for (const auto option : kCommon) {
    const std::string name(option);
    if (!arguments.Has(name)) continue;
    // Of those that may be given several times, each is a line.
    std::istringstream values(arguments.Get(name, ""));
    for (std::string value; std::getline(values, value);) common.push_back(name + '=' + value);
  }
  for (const auto flag : kCommonFlags) {
    if (arguments.Has(std::string(flag))) common.emplace_back(flag);
  }
  return Kubectl(std::move(common));
}

Result<bool> WantsJson(const Arguments& arguments) {
  const auto format = arguments.Get("-o", "table");
  if (format == "table" || format == "json") return format == "json";
  return Error(Code::kInvalid, "-o: no such format: " + format + " (table, json)");
}

// kNotFound here means that the kind is not there, or no such node.
Error Explained(Error error, const std::string& node) {
  if (error.code() != Code::kNotFound) return error;
  if (!node.empty()) return std::move(error).In("node " + node);
  return Error(Code::kNotFound, "the cluster has no NodeAccelerators: " + error.message() + "; see kubectl nacelle doctor");
}

// One after the other, in no order.
template <typename Take>
Status ForEachNode(const Kubectl& kubectl, Take take) {
  auto status = kubectl.ForEach(std::string(crd::kNodes), [&](const json::Value& item) {
    auto node = ReadNode(item);
    if (!node) return Status(node.error());
    take(*std::move(node));
    return Status();
  });
  return status ? status : Status(Explained(status.error(), ""));
}

Result<std::vector<NodeView>> AskNodes(const Kubectl& kubectl) {
  std::vector<NodeView> nodes;
  auto status = ForEachNode(kubectl, [&](NodeView node) { nodes.push_back(std::move(node)); });
  if (!status) return std::move(status).error();
  SortByName(nodes);
  return nodes;
}

Result<std::vector<NodeView>> AskNode(const Kubectl& kubectl, const std::string& name) {
  const auto object = kubectl.Get({std::string(kNodeAccelerators), name});
  if (!object) return Explained(object.error(), name);
  auto node = ReadNode(*object);
  if (!node) return node.error();
  std::vector<NodeView> nodes;
  nodes.push_back(*std::move(node));
  return nodes;
}

// The node that is named, else all.
Result<std::vector<NodeView>> AskFor(const Arguments& arguments) {
  const auto kubectl = KubectlOf(arguments);
  return arguments.operands.empty() ? AskNodes(kubectl) : AskNode(kubectl, arguments.operands.front());
}

std::vector<const NodeView*> PointersTo(const std::vector<NodeView>& nodes) {
  std::vector<const NodeView*> pointers;
  for (const auto& node : nodes) pointers.push_back(&node);
  return pointers;
}

Status Nodes(const Arguments& arguments) {
  const auto as_json = WantsJson(arguments);
  if (!as_json) return as_json.error();
  const auto nodes = AskNodes(KubectlOf(arguments));
  if (!nodes) return nodes.error();
  return WriteOut(*as_json ? json::WritePretty(DescribeNodes(*nodes)) : FormatNodes(*nodes));
}

Status Functions(const Arguments& arguments) {
  const auto as_json = WantsJson(arguments);
  if (!as_json) return as_json.error();
  const auto nodes = AskFor(arguments);
  if (!nodes) return nodes.error();
  const auto shown = PointersTo(*nodes);
  return WriteOut(*as_json ? json::WritePretty(DescribeFunctions(shown)) : FormatFunctions(shown, ColourHere()));
}

Status Tree(const Arguments& arguments) {
  const auto nodes = AskFor(arguments);
  return nodes ? WriteOut(FormatTree(nodes->front().inventory, ColourHere())) : Status(nodes.error());
}

Status Draw(const Arguments& arguments) {
  const auto nodes = AskFor(arguments);
  return nodes ? WriteOut(FormatSvg(nodes->front().inventory, UsesOf(nodes->front()))) : Status(nodes.error());
}

Result<std::size_t> ParseLimit(const std::string& text) {
  std::size_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error == std::errc{} && end == text.data() + text.size() && limit >= 1) return limit;
  return Error(Code::kInvalid, "--limit: expected a number of at least 1, not '" + text + "'");
}

using FitnessByNode = std::map<std::string, Fitness>;

// Of those that are named, else of all; absent where this person may not ask.
Result<std::optional<FitnessByNode>> AskFitness(const Kubectl& kubectl, const std::vector<std::string>& names) {
  std::vector<std::string> words = {"get", "nodes", "--no-headers", "--ignore-not-found", "-o", std::string(kFitnessColumns)};
  words.insert(words.end(), names.begin(), names.end());
  const auto table = kubectl.Run(words);
  if (table) return std::optional(ReadFitness(*table));
  if (table.error().code() == Code::kDenied) return std::optional<FitnessByNode>();
  return table.error();
}

// Asked of the first answers, and some more that can take the place of one of these; of
// all, which takes long in a large cluster, only where these are not enough.
Result<ClusterAnswer> LeaveOutUnfit(const Kubectl& kubectl, const Query& query, ClusterAnswer answer, std::size_t limit) {
  // Without a name kubectl lists all.
  if (answer.answers.empty()) return answer;
  const auto wanted = std::min(limit, answer.answers.size());
  for (const auto asked : {std::min(kNodesByName, answer.answers.size()), answer.answers.size()}) {
    if (asked < wanted) continue;
    const bool by_name = asked <= kNodesByName;
    const auto fitness = AskFitness(kubectl, by_name ? FirstNodes(answer, asked) : std::vector<std::string>());
    if (!fitness) return fitness.error();
    if (!*fitness) {
      answer.may_not_ask = true;
      return answer;
    }
    auto fit = WithFitness(answer, query, asked, **fitness);
    fit.all_are_ready = asked == answer.answers.size();
    const auto left = fit.answers.size() - (answer.answers.size() - asked);
    if (fit.all_are_ready || left >= wanted) return fit;
  }
  return answer;
}

Status FindNodes(const Arguments& arguments) {
  const auto as_json = WantsJson(arguments);
  if (!as_json) return as_json.error();
  const auto limit = ParseLimit(arguments.Get("--limit", "10"));
  if (!limit) return limit.error();
  const auto& text = arguments.operands.front();
  const auto query = ReadQueryOrShow(text);
  if (!query) return query.error();
  if (query->relation.kind == Relation::Kind::kNear && query->relation.place.kind == Place::Kind::kCpu) {
    return Error(Code::kInvalid, "near cpu: the cluster does not know where CPUs are; say near numa:N");
  }
  const auto kubectl = KubectlOf(arguments);
  ClusterSearch search(*query);
  auto status = ForEachNode(kubectl, [&](const NodeView& node) { search.Ask(node); });
  if (!status) return status;
  const auto answer = LeaveOutUnfit(kubectl, *query, std::move(search).Finish(), *limit);
  if (!answer) return answer.error();
  status = WriteOut(*as_json ? json::WritePretty(DescribeClusterAnswer(text, *answer, *limit)) : FormatClusterAnswer(*query, *answer, *limit));
  if (!status || !answer->answers.empty()) return status;
  return Error(Code::kNotFound, "no node answers: " + nacelle::Print(*query));
}

Status Who(const Arguments& arguments) {
  const auto as_json = WantsJson(arguments);
  if (!as_json) return as_json.error();
  const auto nodes = AskFor(arguments);
  if (!nodes) return nodes.error();
  const auto shown = PointersTo(*nodes);
  return WriteOut(*as_json ? json::WritePretty(DescribeHolders(shown)) : FormatHolders(shown));
}

Status ExplainFunction(const Arguments& arguments) {
  const auto nodes = AskNodes(KubectlOf(arguments));
  if (!nodes) return nodes.error();
  const auto& id = arguments.operands.front();
  const auto text = Explain(*nodes, id, ColourHere());
  return text.empty() ? Status(Error(Code::kNotFound, "no node has a function " + id)) : WriteOut(text);
}

Status Claim(const Arguments& arguments) {
  const auto query = ReadQueryOrShow(arguments.operands.front());
  if (!query) return query.error();
  ClaimOptions options;
  options.name = arguments.Get("--name", options.name);
  options.in_namespace = arguments.Get("--namespace", arguments.Get("-n", ""));
  options.device_class = arguments.Get("--device-class", options.device_class);
  options.any_shares = arguments.Has("--any-shares");
  const auto claim = ClaimTemplate(*query, options);
  if (!claim) return claim.error();
  // Two objects that follow one another are read by kubectl as two.
  const auto before = arguments.Has("--with-device-class") ? json::WritePretty(DeviceClass(options.device_class)) : std::string();
  return WriteOut(before + json::WritePretty(*claim));
}

Result<json::Array> AskList(const Kubectl& kubectl, std::vector<std::string> words) {
  const auto list = kubectl.Get(std::move(words));
  if (!list) return list.error();
  const auto items = ItemsOf(*list);
  if (!items) return items.error();
  return **items;
}

// Empty where the cluster has no such kind, or this person no right to it, which the view
// then says.
Result<json::Array> AskIfThere(const Kubectl& kubectl, std::vector<std::string> words, ClusterView& view) {
  const auto kind = words.front();
  auto list = AskList(kubectl, std::move(words));
  if (list || (list.error().code() != Code::kNotFound && list.error().code() != Code::kDenied)) return list;
  if (list.error().code() == Code::kDenied) view.refused.push_back(kind);
  return json::Array();
}

Status AskBeside(const Kubectl& kubectl, ClusterView& view) {
  const auto daemon_sets = AskIfThere(kubectl, {"daemonsets", "--all-namespaces", "-l", "app.kubernetes.io/name=nacelle-agent"}, view);
  const auto policies = AskIfThere(kubectl, {"acceleratorpolicies.nacelle.dev"}, view);
  const auto claims = AskIfThere(kubectl, {"resourceclaims.resource.k8s.io", "--all-namespaces"}, view);
  const auto classes = AskIfThere(kubectl, {std::string(kDeviceClasses)}, view);
  for (const auto* list : {&daemon_sets, &policies, &claims, &classes}) {
    if (!*list) return list->error();
  }
  view.agents = ReadAgentSet(*daemon_sets);
  view.claims = ReadKubeClaims(*claims);
  view.classes = ReadOurClasses(*classes);
  view.all_classes = ReadNames(*classes);
  view.class_resources = ReadClassResources(*classes);
  for (const auto& item : *policies) {
    auto policy = crd::ReadAcceleratorPolicy(item);
    if (!policy) return std::move(policy).error().In("AcceleratorPolicy " + crd::ReadMeta(item).name);
    view.policies.push_back(*std::move(policy));
  }
  return {};
}

Status AskNodesIfThere(const Kubectl& kubectl, ClusterView& view) {
  auto nodes = AskNodes(kubectl);
  if (nodes) view.nodes = std::move(*nodes);
  else if (nodes.error().code() == Code::kNotFound) view.custom_resources = false;
  else if (nodes.error().code() == Code::kDenied) view.refused.emplace_back(kNodeAccelerators);
  else return nodes.error();
  return {};
}

Result<ClusterView> AskAll(const Kubectl& kubectl) {
  ClusterView view;
  if (auto status = AskNodesIfThere(kubectl, view); !status) return std::move(status).error();
  const auto kube_nodes = AskIfThere(kubectl, {std::string(kNodes)}, view);
  if (!kube_nodes) return kube_nodes.error();
  const auto pods = AskIfThere(kubectl, {std::string(kPods), "--all-namespaces"}, view);
  if (!pods) return pods.error();
  view.now = std::time(nullptr);
  view.kube_nodes = ReadKubeNodes(*kube_nodes);
  view.pods = ReadKubePods(*pods);
  auto status = AskBeside(kubectl, view);
  if (!status) return std::move(status).error();
  return view;
}

Status Doctor(const Arguments& arguments) {
  if (arguments.Has("--page")) return WriteOut(TroubleshootingPage());
  const auto as_json = WantsJson(arguments);
  if (!as_json) return as_json.error();
  const auto view = AskAll(KubectlOf(arguments));
  if (!view) return view.error();
  const auto diagnoses = Diagnose(*view);
  auto status = WriteOut(*as_json ? json::WritePretty(DescribeDiagnoses(diagnoses)) : FormatDiagnoses(diagnoses));
  if (!status || diagnoses.empty()) return status;
  return Error(Code::kConflict, std::to_string(diagnoses.size()) + (diagnoses.size() == 1 ? " thing is wrong" : " things are wrong"));
}

std::vector<Command> Commands() {
  return {
      {"nodes", "what each node has and offers", kNodesHelp, {"-o"}, 0, 0, Nodes},
      {"functions", "the accelerator functions of all nodes, or of one", kFunctionsHelp, {"-o"}, 0, 1, Functions},
      {"tree", "a node's functions and memory as a tree", kTreeHelp, {}, 1, 1, Tree},
      {"draw", "the same as a picture (SVG)", kDrawHelp, {}, 1, 1, Draw},
      {"find", "which nodes can satisfy a query now, best first", kFindHelp, {"-o", "--limit"}, 1, 1, FindNodes},
      {"who", "who holds what", kWhoHelp, {"-o"}, 0, 1, Who},
      {"explain", "all that is known of a function", kExplainHelp, {}, 1, 1, ExplainFunction},
      {"claim", "a ResourceClaimTemplate that asks what a query asks", kClaimHelp, {"--name", "--device-class"}, 1, 1, Claim, {"--with-device-class", "--any-shares"}},
      {"doctor", "what is wrong, and what to do", kDoctorHelp, {"-o"}, 0, 0, Doctor, {"--page"}},
  };
}

}  // namespace

int RunProgram(const std::vector<std::string>& words) {
  return RunCommandLine({.program = "kubectl-nacelle",
                         .called = "kubectl nacelle",
                         .version = NACELLE_VERSION,
                         .commands = Commands(),
                         .common_options = {kCommon.begin(), kCommon.end()},
                         .common_flags = {kCommonFlags.begin(), kCommonFlags.end()},
                         .repeated = {"--as-group", "--as-user-extra"},
                         .common_help = kCommonHelp,
                         .example = "nodes"},
                        words);
}

}  // namespace nacelle::kubectl

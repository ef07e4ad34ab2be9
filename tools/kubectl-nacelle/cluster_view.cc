// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_view.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <sstream>
#include <string_view>

#include "core/crd/time_text.h"

namespace nacelle::kubectl {
namespace {

constexpr std::string_view kOurs = "nacelle.dev/";

// The value at a path of members; null when there is none.
const json::Value& At(const json::Value& from, std::initializer_list<std::string_view> path) {
  static const json::Value nothing;
  const json::Value* at = &from;
  for (const auto name : path) {
    const auto* object = at->AsObject();
    at = object == nullptr ? nullptr : object->Find(name);
    if (at == nullptr) return nothing;
  }
  return *at;
}

std::string Text(const json::Value& value) { return value.AsString() == nullptr ? std::string() : *value.AsString(); }

const json::Array& List(const json::Value& value) {
  static const json::Array empty;
  return value.AsArray() == nullptr ? empty : *value.AsArray();
}

// A count of devices: a whole number, written as a text.
std::int64_t Count(const json::Value& value) {
  if (value.AsInt() != nullptr) return *value.AsInt();
  const auto text = Text(value);
  std::int64_t count = 0;
  std::from_chars(text.data(), text.data() + text.size(), count);
  return count;
}

void AddOurs(const json::Value& amounts, std::map<std::string, std::int64_t>& out) {
  if (amounts.AsObject() == nullptr) return;
  for (const auto& [name, value] : amounts.AsObject()->members()) {
    if (name.starts_with(kOurs)) out[name] += Count(value);
  }
}

// The condition of that type; null when there is none.
const json::Value& ConditionOf(const json::Value& object, std::string_view type) {
  static const json::Value nothing;
  for (const auto& condition : List(At(object, {"status", "conditions"}))) {
    if (Text(At(condition, {"type"})) == type) return condition;
  }
  return nothing;
}

bool IsTrue(const json::Value& condition) { return Text(At(condition, {"status"})) == "True"; }

// "v1.37.2" → 37.
int MinorOf(const std::string& version) {
  constexpr std::string_view kMajor = "v1.";
  int minor = 0;
  if (version.starts_with(kMajor)) std::from_chars(version.data() + kMajor.size(), version.data() + version.size(), minor);
  return minor;
}

std::map<std::string, std::string> Texts(const json::Value& value) {
  std::map<std::string, std::string> texts;
  if (value.AsObject() == nullptr) return texts;
  for (const auto& [name, text] : value.AsObject()->members()) texts[name] = Text(text);
  return texts;
}

// A container's own context goes before its pod's, field by field.
bool IsRoot(const json::Value& own, const json::Value& pod) {
  for (const auto* const context : {&own, &pod}) {
    if (const auto* user = At(*context, {"runAsUser"}).AsInt()) return *user == 0;
  }
  for (const auto* const context : {&own, &pod}) {
    if (const auto* non_root = At(*context, {"runAsNonRoot"}).AsBool()) return !*non_root;
  }
  return true;
}

using Amounts = std::map<std::string, std::int64_t>;

void AddTo(Amounts& sum, const Amounts& more) {
  for (const auto& [resource, count] : more) sum[resource] += count;
}

void Raise(Amounts& least, const Amounts& to) {
  for (const auto& [resource, count] : to) least[resource] = std::max(least[resource], count);
}

Amounts AmountsOf(const json::Value& container) {
  Amounts wants;
  AddOurs(At(container, {"resources", "limits"}), wants);
  return wants;
}

// As the scheduler counts: init containers run one after the other, beside the sidecars
// that began before them; then all containers and sidecars at once.
Amounts WantsOf(const json::Value& spec) {
  Amounts sidecars;
  Amounts most;
  for (const auto& container : List(At(spec, {"initContainers"}))) {
    auto wants = AmountsOf(container);
    if (Text(At(container, {"restartPolicy"})) == "Always") {
      AddTo(sidecars, wants);
      continue;
    }
    AddTo(wants, sidecars);
    Raise(most, wants);
  }
  auto all = sidecars;
  for (const auto& container : List(At(spec, {"containers"}))) AddTo(all, AmountsOf(container));
  Raise(all, most);
  return all;
}

// By the pod's own names for them: named by the pod itself, or made for it from a template.
std::map<std::string, std::string> ClaimsOf(const json::Value& item) {
  std::map<std::string, std::string> claims;
  for (const auto* const list : {&At(item, {"spec", "resourceClaims"}), &At(item, {"status", "resourceClaimStatuses"})}) {
    for (const auto& claim : List(*list)) {
      const auto name = Text(At(claim, {"resourceClaimName"}));
      if (!name.empty()) claims[Text(At(claim, {"name"}))] = Text(At(item, {"metadata", "namespace"})) + '/' + name;
    }
  }
  return claims;
}

std::vector<std::string> ClaimsOf(const json::Value& container, const std::map<std::string, std::string>& of_pod) {
  std::vector<std::string> claims;
  for (const auto& used : List(At(container, {"resources", "claims"}))) {
    const auto claim = of_pod.find(Text(At(used, {"name"})));
    if (claim != of_pod.end()) claims.push_back(claim->second);
  }
  return claims;
}

void ReadContainers(const json::Value& spec, const std::map<std::string, std::string>& claims, KubePod& pod) {
  for (const auto* const list : {"initContainers", "containers"}) {
    for (const auto& container : List(At(spec, {list}))) {
      KubeContainer one{.name = Text(At(container, {"name"})), .by_resource = !AmountsOf(container).empty(), .claims = ClaimsOf(container, claims)};
      if (!one.by_resource && one.claims.empty()) continue;
      one.root = IsRoot(At(container, {"securityContext"}), At(spec, {"securityContext"}));
      pod.containers.push_back(std::move(one));
    }
  }
}

bool HasFailed(const json::Value& status) {
  for (const auto* const when : {"state", "lastState"}) {
    if (const auto* code = At(status, {when, "terminated", "exitCode"}).AsInt(); code != nullptr && *code != 0) return true;
  }
  return false;
}

void ReadStatuses(const json::Value& status, KubePod& pod) {
  for (const auto* const list : {"initContainerStatuses", "containerStatuses"}) {
    for (const auto& container : List(At(status, {list}))) {
      const auto waiting = Text(At(container, {"state", "waiting", "reason"}));
      if (!waiting.empty()) pod.waiting.push_back(waiting);
      for (auto& one : pod.containers) {
        if (one.name != Text(At(container, {"name"}))) continue;
        one.waiting = waiting;
        one.failed = HasFailed(container);
      }
    }
  }
}

std::string NameOf(const json::Value& object) {
  return Text(At(object, {"metadata", "namespace"})) + '/' + Text(At(object, {"metadata", "name"}));
}

// Claims are prepared before the sandbox, images are had after it. A kubelet before 1.29 does
// not say which.
bool IsStarting(const json::Value& item, const KubePod& pod) {
  if (pod.phase != "Pending" || pod.node.empty()) return false;
  const auto& has_sandbox = ConditionOf(item, "PodReadyToStartContainers");
  if (!has_sandbox.is_null()) return !IsTrue(has_sandbox);
  return std::find(pod.waiting.begin(), pod.waiting.end(), "ContainerCreating") != pod.waiting.end();
}

bool HasEnded(const KubePod& pod) { return pod.phase == "Failed" || pod.phase == "Succeeded"; }

KubePod ReadPod(const json::Value& item) {
  KubePod pod;
  pod.name = NameOf(item);
  const auto part = Text(At(item, {"metadata", "labels", "app.kubernetes.io/name"}));
  pod.agent = part == "nacelle-agent";
  pod.of_operator = part == "nacelle-operator";
  pod.node = Text(At(item, {"spec", "nodeName"}));
  pod.phase = Text(At(item, {"status", "phase"}));
  pod.reason = Text(At(item, {"status", "reason"}));
  pod.ready = IsTrue(ConditionOf(item, "Ready"));
  const auto& scheduled = ConditionOf(item, "PodScheduled");
  // A pod with gates is held back by whoever set them, not by the scheduler.
  const bool gated = Text(At(scheduled, {"reason"})) == "SchedulingGated";
  if (!scheduled.is_null() && !IsTrue(scheduled) && !gated) pod.scheduling = Text(At(scheduled, {"message"}));
  if (!pod.scheduling.empty()) pod.unscheduled = crd::ParseTime(Text(At(scheduled, {"lastTransitionTime"})));
  pod.bound = crd::ParseTime(Text(At(item, {"status", "startTime"})));
  pod.wants = WantsOf(At(item, {"spec"}));
  const auto claims = ClaimsOf(item);
  for (const auto& [own, name] : claims) pod.claims.push_back(name);
  ReadContainers(At(item, {"spec"}), claims, pod);
  ReadStatuses(At(item, {"status"}), pod);
  pod.starting = IsStarting(item, pod);
  return pod;
}

// Whether a selector of a DeviceClass or a request speaks of our driver.
bool SelectsOurs(const json::Value& spec) {
  const auto& selectors = List(At(spec, {"selectors"}));
  return std::any_of(selectors.begin(), selectors.end(), [](const auto& selector) {
    const auto expression = Text(At(selector, {"cel", "expression"}));
    return expression.find("\"nacelle.dev\"") != std::string::npos || expression.find("'nacelle.dev'") != std::string::npos;
  });
}

void AddRequest(const json::Value& request, KubeClaim& claim) {
  claim.classes.push_back(Text(At(request, {"deviceClassName"})));
  claim.asks_ours |= SelectsOurs(request);
}

// "a,b" as kubectl prints a list; none for "<none>".
std::vector<std::string> SplitList(const std::string& text) {
  std::vector<std::string> parts;
  std::istringstream rest(text == "<none>" ? std::string() : text);
  for (std::string part; std::getline(rest, part, ',');) parts.push_back(part);
  return parts;
}

// Those that the cluster itself puts on nodes no pod is meant to tolerate.
bool IsOfTheCluster(const std::string& key) {
  return key.starts_with("node.kubernetes.io/") || key.starts_with("node.cloudprovider.kubernetes.io/");
}

void AddTaints(const std::vector<std::string>& keys, const std::vector<std::string>& effects, Fitness& node) {
  for (std::size_t i = 0; i < keys.size() && i < effects.size(); ++i) {
    if (effects[i] == "PreferNoSchedule") continue;
    const auto taint = keys[i] + ':' + effects[i];
    if (IsOfTheCluster(keys[i])) node.unfit = "the node has the taint " + taint;
    else node.taints.push_back(taint);
  }
}

}  // namespace

bool IsRefused(const ClusterView& view, std::string_view kind) {
  return std::find(view.refused.begin(), view.refused.end(), kind) != view.refused.end();
}

// An agent of before does not say it of a policy that came from a file.
std::string GrantVia(const NodeView& node) {
  const auto& said = node.object.status.grant_via;
  return said.empty() ? node.object.spec.rules.grant.via : said;
}

std::vector<KubeNode> ReadKubeNodes(const json::Array& items) {
  std::vector<KubeNode> nodes;
  for (const auto& item : items) {
    KubeNode node;
    node.name = Text(At(item, {"metadata", "name"}));
    node.ready = IsTrue(ConditionOf(item, "Ready"));
    node.kubelet_minor = MinorOf(Text(At(item, {"status", "nodeInfo", "kubeletVersion"})));
    node.runtime = Text(At(item, {"status", "nodeInfo", "containerRuntimeVersion"}));
    AddOurs(At(item, {"status", "allocatable"}), node.allocatable);
    node.labels = Texts(At(item, {"metadata", "labels"}));
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::vector<KubePod> ReadKubePods(const json::Array& items) {
  std::vector<KubePod> pods;
  for (const auto& item : items) {
    auto pod = ReadPod(item);
    // One of ours that was evicted stays till somebody removes it, and says nothing.
    const bool ours = (pod.agent || pod.of_operator) && !HasEnded(pod);
    if (ours || !pod.wants.empty() || !pod.claims.empty()) pods.push_back(std::move(pod));
  }
  return pods;
}

std::map<std::string, Fitness> ReadFitness(std::string_view table) {
  std::map<std::string, Fitness> nodes;
  std::istringstream lines{std::string(table)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string name, ready, cordoned, keys, effects;
    if (!(words >> name >> ready >> cordoned >> keys >> effects)) continue;
    auto& node = nodes[name];
    if (ready != "True") node.unfit = "the node is not ready";
    else if (cordoned == "true") node.unfit = "the node is cordoned";
    else AddTaints(SplitList(keys), SplitList(effects), node);
  }
  return nodes;
}

std::map<std::string, KubeClaim> ReadKubeClaims(const json::Array& items) {
  std::map<std::string, KubeClaim> claims;
  for (const auto& item : items) {
    auto& claim = claims[NameOf(item)];
    claim.allocated = !At(item, {"status", "allocation"}).is_null();
    for (const auto& request : List(At(item, {"spec", "devices", "requests"}))) {
      if (const auto& exactly = At(request, {"exactly"}); !exactly.is_null()) AddRequest(exactly, claim);
      for (const auto& one : List(At(request, {"firstAvailable"}))) AddRequest(one, claim);
    }
    const auto& devices = List(At(item, {"status", "allocation", "devices", "results"}));
    claim.has_ours = std::any_of(devices.begin(), devices.end(), [](const auto& device) { return Text(At(device, {"driver"})) == "nacelle.dev"; });
  }
  return claims;
}

std::set<std::string> ReadNames(const json::Array& items) {
  std::set<std::string> names;
  for (const auto& item : items) names.insert(Text(At(item, {"metadata", "name"})));
  return names;
}

std::set<std::string> ReadOurClasses(const json::Array& items) {
  std::set<std::string> ours;
  for (const auto& item : items) {
    if (SelectsOurs(At(item, {"spec"}))) ours.insert(Text(At(item, {"metadata", "name"})));
  }
  return ours;
}

std::set<std::string> ReadClassResources(const json::Array& items) {
  std::set<std::string> resources;
  for (const auto& item : items) {
    if (auto name = Text(At(item, {"spec", "extendedResourceName"})); !name.empty()) resources.insert(std::move(name));
  }
  return resources;
}

std::optional<AgentSet> ReadAgentSet(const json::Array& daemon_sets) {
  if (daemon_sets.empty()) return std::nullopt;
  AgentSet agents;
  for (const auto& set : daemon_sets) {
    const auto* seen = At(set, {"status", "observedGeneration"}).AsInt();
    const auto* is = At(set, {"metadata", "generation"}).AsInt();
    if (seen == nullptr || is == nullptr || *seen != *is) return std::nullopt;
    agents.missing += Count(At(set, {"status", "desiredNumberScheduled"})) - Count(At(set, {"status", "currentNumberScheduled"}));
  }
  if (daemon_sets.size() == 1) agents.labels = Texts(At(daemon_sets.front(), {"spec", "template", "spec", "nodeSelector"}));
  return agents;
}

}  // namespace nacelle::kubectl

// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/cluster_view.h"

#include <algorithm>
#include <charconv>
#include <initializer_list>
#include <string_view>

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

bool SaysOtherUser(const json::Value& context) {
  const auto* user = At(context, {"runAsUser"}).AsInt();
  const auto* non_root = At(context, {"runAsNonRoot"}).AsBool();
  return user != nullptr ? *user != 0 : non_root != nullptr && *non_root;
}

void ReadContainers(const json::Value& spec, KubePod& pod) {
  for (const auto* const list : {"containers", "initContainers"}) {
    for (const auto& container : List(At(spec, {list}))) {
      std::map<std::string, std::int64_t> wants;
      AddOurs(At(container, {"resources", "limits"}), wants);
      if (wants.empty()) continue;
      for (const auto& [resource, count] : wants) pod.wants[resource] += count;
      const auto& own = At(container, {"securityContext"});
      if (SaysOtherUser(own.is_null() ? At(spec, {"securityContext"}) : own)) pod.root = false;
    }
  }
}

void ReadStatuses(const json::Value& status, KubePod& pod) {
  for (const auto& container : List(At(status, {"containerStatuses"}))) {
    if (auto reason = Text(At(container, {"state", "waiting", "reason"})); !reason.empty()) pod.waiting.push_back(std::move(reason));
    for (const auto* const when : {"state", "lastState"}) {
      if (const auto* code = At(container, {when, "terminated", "exitCode"}).AsInt(); code != nullptr && *code != 0) pod.crashed = true;
    }
  }
}

KubePod ReadPod(const json::Value& item) {
  KubePod pod;
  pod.name = Text(At(item, {"metadata", "namespace"})) + '/' + Text(At(item, {"metadata", "name"}));
  pod.agent = Text(At(item, {"metadata", "labels", "app.kubernetes.io/name"})) == "nacelle-agent";
  pod.node = Text(At(item, {"spec", "nodeName"}));
  pod.phase = Text(At(item, {"status", "phase"}));
  pod.reason = Text(At(item, {"status", "reason"}));
  pod.ready = IsTrue(ConditionOf(item, "Ready"));
  const auto& scheduled = ConditionOf(item, "PodScheduled");
  if (!scheduled.is_null() && !IsTrue(scheduled)) pod.scheduling = Text(At(scheduled, {"message"}));
  ReadContainers(At(item, {"spec"}), pod);
  ReadStatuses(At(item, {"status"}), pod);
  return pod;
}

}  // namespace

std::vector<KubeNode> ReadKubeNodes(const json::Array& items) {
  std::vector<KubeNode> nodes;
  for (const auto& item : items) {
    KubeNode node;
    node.name = Text(At(item, {"metadata", "name"}));
    node.ready = IsTrue(ConditionOf(item, "Ready"));
    node.kubelet_minor = MinorOf(Text(At(item, {"status", "nodeInfo", "kubeletVersion"})));
    node.runtime = Text(At(item, {"status", "nodeInfo", "containerRuntimeVersion"}));
    AddOurs(At(item, {"status", "allocatable"}), node.allocatable);
    nodes.push_back(std::move(node));
  }
  return nodes;
}

std::vector<KubePod> ReadKubePods(const json::Array& items) {
  std::vector<KubePod> pods;
  for (const auto& item : items) {
    auto pod = ReadPod(item);
    if (pod.agent || !pod.wants.empty()) pods.push_back(std::move(pod));
  }
  return pods;
}

}  // namespace nacelle::kubectl

// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/policy_status.h"

#include <optional>
#include <utility>

#include "core/json/value.h"

namespace nacelle {
namespace {

// "n1", "n1 and 2 other nodes".
std::string Some(const std::vector<std::string>& nodes) {
  if (nodes.empty()) return "no node";
  const auto others = nodes.size() - 1;
  if (others == 0) return nodes.front();
  return nodes.front() + " and " + std::to_string(others) + (others == 1 ? " other node" : " other nodes");
}

struct Said {
  bool holds = false;
  std::string reason;
  std::string message;
};

Said Accepted(const Overlaps& overlaps) {
  std::string message;
  const auto add = [&message](const std::string& text) { message += (message.empty() ? "" : "; ") + text; };
  for (const auto& [older, nodes] : overlaps.gives_way) add("on " + Some(nodes) + " the older policy " + older + " is in force");
  for (const auto& [younger, nodes] : overlaps.goes_before) add("on " + Some(nodes) + " it goes before the younger policy " + younger);
  if (!overlaps.gives_way.empty()) return {false, "OlderPolicy", message};
  return {true, overlaps.goes_before.empty() ? "InForce" : "GoesBefore", message};
}

Said Available(const Rollout& rollout) {
  if (rollout.nodes.empty()) return {false, "NoNode", "no node with an agent is to follow it"};
  const auto ready = std::to_string(rollout.settled.size()) + " of " + std::to_string(rollout.nodes.size()) + " nodes are ready with it";
  if (rollout.settled.size() == rollout.nodes.size()) return {true, "AllReady", ready};
  return {false, "NotAllReady", ready};
}

Said Progressing(const Rollout& rollout) {
  if (rollout.outdated.empty() && rollout.pending.empty()) return {false, "Done", ""};
  if (!rollout.next.empty() || rollout.outdated.empty()) return {true, "RollingOut", "waits for " + Some(rollout.pending.empty() ? rollout.next : rollout.pending)};
  if (rollout.pending.empty()) return {false, "Refused", Some(rollout.unwritten) + " cannot be written"};
  const auto* wait = rollout.outdated.size() == 1 ? " waits until " : " wait until ";
  return {true, "Waiting", Some(rollout.outdated) + wait + Some(rollout.pending) + (rollout.pending.size() == 1 ? " is ready" : " are ready")};
}

// The first of its DeviceClasses that the API server refuses.
std::optional<Said> RefusedClass(const ClusterView& view, const Rollout& rollout) {
  for (const auto& offer : rollout.wanted.rules.offers) {
    const auto refused = view.refused_classes.find(offer.name);
    if (offer.through == "dra" && refused != view.refused_classes.end()) return Said{true, "ClassNotWritten", "DeviceClass " + offer.name + ": " + refused->second};
  }
  return std::nullopt;
}

bool LacksResource(const ClassState& state) {
  const auto spec = json::Parse(state.spec);
  return spec && spec->AsObject() != nullptr && spec->AsObject()->Find("extendedResourceName") == nullptr;
}

// The first of its DeviceClasses that pods cannot ask for by a resource.
std::optional<Said> ClassWithoutResource(const ClusterView& view, const Rollout& rollout) {
  if (!view.classes) return std::nullopt;
  for (const auto& offer : rollout.wanted.rules.offers) {
    const auto found = view.classes->find(offer.name);
    if (offer.through != "dra" || found == view.classes->end() || !LacksResource(found->second)) continue;
    return Said{false, "ByClaimOnly", "DeviceClass " + offer.name + " is without extendedResourceName, which the API server drops where its feature gate "
                                      "DRAExtendedResource is off, as it is by default before Kubernetes 1.36: pods get it by claims, not by resources"};
  }
  return std::nullopt;
}

Said Degraded(const ClusterView& view, const Rollout& rollout) {
  std::vector<std::string> refusing;
  for (const auto& name : rollout.pending) {
    if (!view.objects.at(name).refusal.empty()) refusing.push_back(name);
  }
  if (!refusing.empty()) return {true, "Refused", Some(refusing) + ": " + view.objects.at(refusing.front()).refusal};
  if (!rollout.unwritten.empty()) return {true, "NotWritten", Some(rollout.unwritten) + ": " + view.unwritten.at(rollout.unwritten.front()).reason};
  if (auto said = RefusedClass(view, rollout)) return *std::move(said);
  if (!rollout.lost.empty()) return {true, "NotReady", Some(rollout.lost) + (rollout.lost.size() == 1 ? " was" : " were") + " ready before, and not with it"};
  if (auto said = ClassWithoutResource(view, rollout)) return *std::move(said);
  return {false, "AsExpected", ""};
}

}  // namespace

crd::PolicyStatus MakePolicyStatus(const ClusterView& view, const crd::AcceleratorPolicy& policy, std::size_t selected,
                                   const Overlaps& overlaps, const Rollout& rollout) {
  crd::PolicyStatus status;
  status.observed_generation = policy.meta.generation;
  status.nodes = {static_cast<std::int64_t>(selected), static_cast<std::int64_t>(rollout.settled.size()),
                  static_cast<std::int64_t>(rollout.outdated.size() + rollout.pending.size())};
  // Their times stay while they say the same.
  status.conditions = policy.status.conditions;
  const auto set = [&](const char* type, Said said) {
    crd::SetCondition(status.conditions, {type, said.holds ? "True" : "False", policy.meta.generation, std::move(said.reason),
                                          std::move(said.message), view.now});
  };
  set("Accepted", Accepted(overlaps));
  set("Available", Available(rollout));
  set("Progressing", Progressing(rollout));
  set("Degraded", Degraded(view, rollout));
  return status;
}

}  // namespace nacelle

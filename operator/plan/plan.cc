// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/plan.h"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "core/json/value.h"
#include "operator/plan/node_labels.h"
#include "operator/plan/policy_status.h"
#include "operator/plan/rollout.h"

namespace nacelle {
namespace {

using Policies = std::vector<const crd::AcceleratorPolicy*>;

struct PolicyNodes {
  std::size_t selected = 0;
  std::vector<std::string> in_force;
  Overlaps overlaps;
};

// Those that are in force where they select come first.
Policies OldestFirst(const ClusterView& view) {
  Policies policies;
  for (const auto& [name, policy] : view.policies) {
    if (!policy.meta.deleting) policies.push_back(&policy);
  }
  std::sort(policies.begin(), policies.end(), [](const auto* a, const auto* b) {
    return std::tie(a->meta.created, a->meta.name) < std::tie(b->meta.created, b->meta.name);
  });
  return policies;
}

crd::NodeSpec SpecOf(const crd::AcceleratorPolicy& policy) {
  return {crd::PolicyRef{policy.meta.name, policy.meta.generation, policy.meta.uid}, policy.spec.rules};
}

// Of what policies select by; our own labels tell of policies, so that a policy that
// went by them would take away what it goes by.
std::map<std::string, std::string> LabelsOfOthers(const NodeState& node) {
  auto labels = node.labels;
  for (const auto& [name, value] : node.ours) labels.erase(name);
  return labels;
}

// By policy; "" has the nodes that none selects.
std::map<std::string, PolicyNodes> Assign(const ClusterView& view, const Policies& policies) {
  std::map<std::string, PolicyNodes> assigned;
  for (const auto& [name, node] : view.nodes) {
    const crd::AcceleratorPolicy* first = nullptr;
    const auto labels = LabelsOfOthers(node);
    for (const auto* policy : policies) {
      if (!crd::Selects(policy->spec.node_selector, labels)) continue;
      ++assigned[policy->meta.name].selected;
      if (first == nullptr) {
        first = policy;
        continue;
      }
      assigned[policy->meta.name].overlaps.gives_way[first->meta.name].push_back(name);
      assigned[first->meta.name].overlaps.goes_before[policy->meta.name].push_back(name);
    }
    assigned[first == nullptr ? "" : first->meta.name].in_force.push_back(name);
  }
  return assigned;
}

std::string ClassSpec(const std::string& offer) {
  const auto expression = "device.driver == \"nacelle.dev\" && device.attributes[\"nacelle.dev\"].?offer.orValue(\"\") == \"" + offer + "\"";
  return json::Write(json::Object{{"selectors", json::Array{json::Object{{"cel", json::Object{{"expression", expression}}}}}},
                                  {"extendedResourceName", "nacelle.dev/" + offer}});
}

// Whether a class says what we want; what it says besides is not ours.
bool Says(const std::string& present, const std::string& wanted) {
  const auto has = json::Parse(present);
  const auto must = json::Parse(wanted);
  if (!has || !must || has->AsObject() == nullptr) return false;
  for (const auto& [name, value] : must->AsObject()->members()) {
    const auto* found = has->AsObject()->Find(name);
    if (found == nullptr || json::Write(*found) != json::Write(value)) return false;
  }
  return true;
}

// Those of specs and offers that nodes still have: claims of their pods name them.
std::set<std::string> ClassesInUse(const ClusterView& view) {
  std::set<std::string> names;
  for (const auto& [node, object] : view.objects) {
    names.insert(object.classes.begin(), object.classes.end());
    for (const auto& offer : object.spec.rules.offers) {
      if (offer.through == "dra") names.insert(offer.name);
    }
  }
  return names;
}

void PlanClasses(const ClusterView& view, const Policies& policies, Plan& plan) {
  if (!view.classes) return;
  std::map<std::string, std::string> wanted;
  for (const auto* policy : policies) {
    for (const auto& offer : policy->spec.rules.offers) {
      if (offer.through == "dra") wanted.emplace(offer.name, ClassSpec(offer.name));
    }
  }
  for (const auto& [name, spec] : wanted) {
    const auto present = view.classes->find(name);
    if (present == view.classes->end() || !present->second.owned || !Says(present->second.spec, spec)) plan.classes.emplace(name, spec);
  }
  const auto in_use = ClassesInUse(view);
  for (const auto& [name, state] : *view.classes) {
    if (!wanted.contains(name) && !in_use.contains(name)) plan.classes_to_delete.push_back(name);
  }
}

void PlanLabels(const ClusterView& view, Plan& plan) {
  static const NodeObjectState none;
  for (const auto& [name, node] : view.nodes) {
    const auto object = view.objects.find(name);
    auto wanted = LabelsOf(node, object == view.objects.end() ? none : object->second, view.now);
    if (wanted != node.ours) plan.labels.emplace(name, std::move(wanted));
  }
}

void AddSpecs(const Rollout& rollout, Plan& plan) {
  for (const auto& node : rollout.next) plan.specs.emplace(node, rollout.wanted);
  for (const auto& node : rollout.unready) {
    if (plan.specs.contains(node)) plan.unready.insert(node);
  }
  for (const auto& node : rollout.no_claims) {
    if (plan.specs.contains(node)) plan.no_claims.insert(node);
  }
}

}  // namespace

Plan MakePlan(const ClusterView& view) {
  Plan plan;
  const auto policies = OldestFirst(view);
  auto assigned = Assign(view, policies);
  for (const auto* policy : policies) {
    const auto& nodes = assigned[policy->meta.name];
    const auto rollout = MakeRollout(view, SpecOf(*policy), nodes.in_force);
    AddSpecs(rollout, plan);
    auto status = MakePolicyStatus(view, *policy, nodes.selected, nodes.overlaps, rollout);
    if (!(status == policy->status)) plan.statuses.emplace(policy->meta.name, std::move(status));
  }
  AddSpecs(MakeRollout(view, {}, assigned[""].in_force), plan);
  PlanClasses(view, policies, plan);
  PlanLabels(view, plan);
  return plan;
}

}  // namespace nacelle

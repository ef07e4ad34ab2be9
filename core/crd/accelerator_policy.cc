// SPDX-License-Identifier: Apache-2.0
#include "core/crd/accelerator_policy.h"

#include <algorithm>
#include <utility>

#include "core/crd/accelerator_policy_fields.h"
#include "core/crd/json_fields.h"

namespace nacelle::crd {
namespace {

std::string TextOf(const json::Object& object, std::string_view name) {
  const auto* found = object.Find(name);
  return found == nullptr || found->AsString() == nullptr ? std::string() : *found->AsString();
}

bool Holds(const SelectorTerm& term, const std::map<std::string, std::string>& labels) {
  const auto label = labels.find(term.key);
  const bool there = label != labels.end();
  if (term.op == "Exists") return there;
  if (term.op == "DoesNotExist") return !there;
  const bool among = there && std::find(term.values.begin(), term.values.end(), label->second) != term.values.end();
  if (term.op == "In") return among;
  return term.op == "NotIn" && !among;
}

}  // namespace

ObjectMeta ReadMeta(const json::Value& object) {
  ObjectMeta meta;
  const auto* all = object.AsObject();
  const auto* found = all == nullptr ? nullptr : all->Find("metadata");
  if (found == nullptr || found->AsObject() == nullptr) return meta;
  const auto& metadata = *found->AsObject();
  meta.name = TextOf(metadata, "name");
  meta.uid = TextOf(metadata, "uid");
  meta.resource_version = TextOf(metadata, "resourceVersion");
  meta.created = TextOf(metadata, "creationTimestamp");
  meta.deleting = !TextOf(metadata, "deletionTimestamp").empty();
  const auto* generation = metadata.Find("generation");
  if (generation != nullptr && generation->AsInt() != nullptr) meta.generation = *generation->AsInt();
  return meta;
}

bool Selects(const NodeSelector& selector, const std::map<std::string, std::string>& labels) {
  const auto has = [&](const auto& wanted) {
    const auto it = labels.find(wanted.first);
    return it != labels.end() && it->second == wanted.second;
  };
  return std::all_of(selector.match_labels.begin(), selector.match_labels.end(), has) &&
         std::all_of(selector.match_expressions.begin(), selector.match_expressions.end(),
                     [&](const SelectorTerm& term) { return Holds(term, labels); });
}

Result<AcceleratorPolicy> ReadAcceleratorPolicy(const json::Value& object) {
  AcceleratorPolicy policy;
  policy.meta = ReadMeta(object);
  if (object.AsObject() == nullptr) return WrongType("an object");
  if (const auto* spec = object.AsObject()->Find("spec")) {
    if (auto status = FromJson(*spec, policy.spec); !status) return std::move(status).error().In("spec");
  }
  if (const auto* found = object.AsObject()->Find("status")) {
    if (auto status = FromJson(*found, policy.status); !status) return std::move(status).error().In("status");
  }
  return policy;
}

json::Object WriteRules(const PolicyRules& rules) { return WriteFields(rules); }
json::Object WritePolicySpec(const PolicySpec& spec) { return WriteFields(spec); }
json::Object WritePolicyStatus(const PolicyStatus& status) { return WriteFields(status); }

}  // namespace nacelle::crd

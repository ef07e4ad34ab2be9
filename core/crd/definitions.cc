// SPDX-License-Identifier: Apache-2.0
#include "core/crd/definitions.h"

#include <string_view>
#include <utility>

#include "core/crd/accelerator_policy_fields.h"
#include "core/crd/node_accelerators_fields.h"
#include "core/crd/reference.h"
#include "core/crd/schema.h"
#include "core/json/yaml_text.h"

namespace nacelle::crd {
namespace {

struct Column {
  std::string_view name;
  std::string_view type;
  std::string_view path;
  std::string_view doc;
  int priority = 0;  // more than 0: with -o wide
};

struct Resource {
  std::string_view kind;
  std::string_view plural;
  std::string_view singular;
  std::string_view short_name;
  std::string_view doc;
  std::vector<Column> columns;
  json::Object spec;
  json::Object status;
};

json::Value Columns(const std::vector<Column>& columns) {
  json::Array out;
  for (const auto& column : columns) {
    json::Object one{{"name", column.name}, {"type", column.type}, {"jsonPath", column.path}, {"description", column.doc}};
    if (column.priority > 0) one.Set("priority", column.priority);
    out.emplace_back(std::move(one));
  }
  return out;
}

json::Object Described(std::string_view doc, const json::Object& schema) {
  json::Object out{{"description", doc}};
  for (const auto& [name, value] : schema.members()) out.Set(name, value);
  return out;
}

json::Object Schema(const Resource& resource) {
  json::Object properties{
      {"apiVersion", json::Object{{"description", "nacelle.dev/v1alpha1"}, {"type", "string"}}},
      {"kind", json::Object{{"description", resource.kind}, {"type", "string"}}},
      {"metadata", json::Object{{"type", "object"}}},
      {"spec", Described("What is wanted.", resource.spec)},
      {"status", Described("What is.", resource.status)}};
  json::Object schema{{"description", resource.doc}, {"type", "object"}};
  if (resource.kind == "AcceleratorPolicy") schema.Set("required", json::Array{"spec"});
  schema.Set("properties", std::move(properties));
  return schema;
}

std::string Definition(const Resource& resource) {
  json::Object version{{"name", kVersion},
                       {"served", true},
                       {"storage", true},
                       {"schema", json::Object{{"openAPIV3Schema", Schema(resource)}}},
                       {"subresources", json::Object{{"status", json::Object()}}},
                       {"additionalPrinterColumns", Columns(resource.columns)}};
  json::Object spec{{"group", kGroup},
                    {"names", json::Object{{"kind", resource.kind},
                                           {"listKind", std::string(resource.kind) + "List"},
                                           {"plural", resource.plural},
                                           {"singular", resource.singular},
                                           {"shortNames", json::Array{resource.short_name}},
                                           {"categories", json::Array{"nacelle"}}}},
                    {"scope", "Cluster"},
                    {"versions", json::Array{std::move(version)}}};
  const json::Object definition{
      {"apiVersion", "apiextensions.k8s.io/v1"},
      {"kind", "CustomResourceDefinition"},
      {"metadata", json::Object{{"name", std::string(resource.plural) + "." + std::string(kGroup)}}},
      {"spec", std::move(spec)}};
  return "# SPDX-License-Identifier: Apache-2.0\n# Written by build/dev/bin/write-crds from core/crd; not to be edited.\n" +
         json::WriteYaml(definition);
}

Resource PolicyResource() {
  return {"AcceleratorPolicy", "acceleratorpolicies", "acceleratorpolicy", "accpol",
          "How the accelerator functions of the nodes that it selects are offered to pods.",
          {{"Nodes", "integer", ".status.nodes.selected", "Nodes that it selects."},
           {"Ready", "integer", ".status.nodes.ready", "Nodes that have it and are ready."},
           {"OutOfDate", "integer", ".status.nodes.outOfDate", "Nodes that do not have it yet."},
           {"Accepted", "string", ".status.conditions[?(@.type==\"Accepted\")].status", "Whether it is in force wherever it selects."},
           {"Degraded", "string", ".status.conditions[?(@.type==\"Degraded\")].status", "Whether its rollout stands still."},
           {"Age", "date", ".metadata.creationTimestamp", "Since when it is there."}},
          ObjectSchema<PolicySpec>(), ObjectSchema<PolicyStatus>()};
}

Resource NodeResource() {
  return {"NodeAccelerators", "nodeaccelerators", "nodeaccelerators", "nacc",
          "The accelerator functions of one node: what there is, how it lies, what it is offered as and who holds it.",
          {{"Functions", "integer", ".status.summary.functions", "Functions of the node."},
           {"Unhealthy", "integer", ".status.summary.unhealthy", "Those that cannot be used now."},
           {"Devices", "integer", ".status.summary.devices", "Devices that are offered."},
           {"Held", "integer", ".status.summary.held", "Devices that containers hold."},
           {"Ready", "string", ".status.conditions[?(@.type==\"Ready\")].status", "Whether the kubelet was told of every offer."},
           {"Policy", "string", ".status.policy.name", "The policy in force."},
           {"Problems", "integer", ".status.summary.problems", "What could not be read, or makes no sense.", 1},
           {"Message", "string", ".status.conditions[?(@.type==\"Ready\")].message", "Why it is not ready.", 1},
           {"Age", "date", ".metadata.creationTimestamp", "Since when it is there."}},
          ObjectSchema<NodeSpec>(), ObjectSchema<NodeStatus>()};
}

}  // namespace

std::vector<GeneratedFile> GeneratedFiles() {
  const auto policy = PolicyResource();
  const auto node = NodeResource();
  return {{"charts/nacelle/crds/acceleratorpolicies.yaml", Definition(policy)},
          {"charts/nacelle/crds/nodeaccelerators.yaml", Definition(node)},
          {"docs/policy-reference.md",
           ReferencePage({{std::string(policy.kind), std::string(policy.doc), policy.spec, policy.status},
                          {std::string(node.kind), std::string(node.doc), node.spec, node.status}})}};
}

}  // namespace nacelle::crd

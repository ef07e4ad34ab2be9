// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/claim_template.h"

#include <utility>
#include <vector>

#include "core/model/operation_attribute.h"

namespace nacelle::kubectl {
namespace {

constexpr const char* kDriver = "nacelle.dev";
constexpr const char* kAttributes = R"(device.attributes["nacelle.dev"])";
constexpr std::string_view kAfu = "afu:";

std::string Quoted(const std::string& text) { return json::Write(json::Value(text)); }

// CEL fails on an attribute that is absent; an unknown value matches neither = nor !=.
std::string Compare(const std::string& name, const std::string& value, bool equal) {
  const std::string attributes(kAttributes);
  return '(' + Quoted(name) + " in " + attributes + " && " + attributes + '.' + name + (equal ? " == " : " != ") + value + ')';
}

// As the slices name operations; an AFU is a text.
Result<std::string> HasOperation(const std::string& operation) {
  if (operation.starts_with(kAfu)) return Compare("afu", Quoted(operation.substr(kAfu.size())), true);
  if (const auto name = OperationAttribute(operation)) return Compare(*name, "true", true);
  return Error(Code::kInvalid, "'" + operation + "' cannot be asked for by a claim: resource slices have no attribute of such a name");
}

std::string OnNuma(const std::string& number, bool equal) {
  constexpr const char* kStandard = R"(device.attributes["resource.kubernetes.io"])";
  return std::string("(\"numaNode\" in ") + kStandard + " && " + kStandard + ".numaNode" + (equal ? " == " : " != ") + number + ')';
}

Result<std::string> Expression(const Filter& filter) {
  switch (filter.key) {
    case FilterKey::kFamily: return Compare("family", Quoted(filter.value), filter.equal);
    case FilterKey::kInterface: return Compare("interface", Quoted(filter.value), filter.equal);
    case FilterKey::kAccess: return Compare("access", Quoted(filter.value), filter.equal);
    case FilterKey::kOperation: {
      auto has = HasOperation(filter.value);
      return has && !filter.equal ? '!' + *has : has;
    }
    case FilterKey::kNuma: return OnNuma(filter.value, filter.equal);
    case FilterKey::kFunction:
    case FilterKey::kCard: break;
  }
  return Error(Code::kInvalid, "a claim cannot ask by " + std::string(Name(filter.key)) + ": the slices do not say it");
}

Result<std::string> Expression(const Want& want) {
  const auto operation = HasOperation(want.operation);
  if (!operation) return operation.error();
  std::string text = *operation;
  for (const auto& filter : want.filters) {
    const auto part = Expression(filter);
    if (!part) return part.error();
    text += " && " + *part;
  }
  return text;
}

json::Object Exactly(const ClaimOptions& options, int count, const std::string& expression) {
  json::Object selector{{"cel", json::Object{{"expression", expression}}}};
  json::Object out{{"deviceClassName", options.device_class}};
  out.Set("selectors", json::Array{std::move(selector)});
  out.Set("allocationMode", "ExactCount");
  out.Set("count", count);
  return out;
}

// Near a node: one there if there is one, else any. The node comes first, as the
// first alternative that can be had is taken.
json::Array NearFirst(const ClaimOptions& options, int count, const std::string& expression, int numa) {
  json::Array alternatives;
  for (const bool near : {true, false}) {
    auto one = Exactly(options, count, near ? expression + " && " + OnNuma(std::to_string(numa), true) : expression);
    json::Object named{{"name", near ? "near" : "any"}};
    for (const auto& [name, value] : one.members()) named.Set(name, value);
    alternatives.push_back(std::move(named));
  }
  return alternatives;
}

Result<json::Object> Request(const Query& query, std::size_t index, const ClaimOptions& options) {
  const auto& want = query.wants[index];
  const auto expression = Expression(want);
  if (!expression) return expression.error();
  json::Object request{{"name", "want-" + std::to_string(index + 1)}};
  if (query.relation.kind == Relation::Kind::kNear) {
    request.Set("firstAvailable", NearFirst(options, want.count, *expression, query.relation.place.number));
  } else {
    request.Set("exactly", Exactly(options, want.count, *expression));
  }
  return request;
}

Status CheckRelation(const Relation& relation) {
  if (relation.within) return Error(Code::kInvalid, "a claim cannot bound a distance: leave out \"within\", or filter by numa=");
  if (relation.kind == Relation::Kind::kNear && relation.place.kind != Place::Kind::kNuma) {
    return Error(Code::kInvalid, "a claim can be near a NUMA node only: near numa:N");
  }
  if (relation.strength) return Error(Code::kInvalid, "a claim cannot say how strong a chain is: say chained");
  return {};
}

// The attribute that is the same for all devices that are so related; nullptr for none.
const char* SharedAttribute(Relation::Kind kind) {
  if (kind == Relation::Kind::kSharingHbm) return "nacelle.dev/hbmDomain";
  return kind == Relation::Kind::kChained ? "nacelle.dev/chainDomain" : nullptr;
}

json::Array Constraints(const Query& query, const json::Array& requests, const ClaimOptions& options) {
  json::Array constraints;
  const char* shared = SharedAttribute(query.relation.kind);
  if (shared != nullptr) constraints.push_back(json::Object{{"requests", requests}, {"matchAttribute", shared}});
  const bool several = query.wants.size() > 1 || query.wants.front().count > 1;
  if (several && !options.any_shares) constraints.push_back(json::Object{{"requests", requests}, {"distinctAttribute", "nacelle.dev/queue"}});
  return constraints;
}

}  // namespace

Result<json::Object> ClaimTemplate(const Query& query, const ClaimOptions& options) {
  if (auto status = CheckRelation(query.relation); !status) return status.error();
  json::Array requests;
  json::Array names;
  for (std::size_t i = 0; i < query.wants.size(); ++i) {
    auto request = Request(query, i, options);
    if (!request) return request.error();
    names.push_back(*request->Find("name"));
    requests.push_back(std::move(*request));
  }
  json::Object devices{{"requests", std::move(requests)}};
  if (auto constraints = Constraints(query, names, options); !constraints.empty()) devices.Set("constraints", std::move(constraints));
  json::Object metadata{{"name", options.name}};
  if (!options.in_namespace.empty()) metadata.Set("namespace", options.in_namespace);
  return json::Object{{"apiVersion", "resource.k8s.io/v1"},
                      {"kind", "ResourceClaimTemplate"},
                      {"metadata", std::move(metadata)},
                      {"spec", json::Object{{"spec", json::Object{{"devices", std::move(devices)}}}}}};
}

json::Object DeviceClass(const std::string& name) {
  const std::string expression = std::string("device.driver == \"") + kDriver + '"';
  return {{"apiVersion", "resource.k8s.io/v1"},
          {"kind", "DeviceClass"},
          {"metadata", json::Object{{"name", name}}},
          {"spec", json::Object{{"selectors", json::Array{json::Object{{"cel", json::Object{{"expression", expression}}}}}}}}};
}

}  // namespace nacelle::kubectl

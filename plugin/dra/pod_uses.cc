// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/pod_uses.h"

#include <map>
#include <string_view>
#include <utility>

#include "core/kube/api_client.h"

namespace nacelle {
namespace {

using Names = std::map<std::string, std::string>;

const json::Array& ArrayAt(const json::Value& value, std::initializer_list<std::string_view> names) {
  static const json::Array none;
  const auto* member = FindMember(value, names);
  return member == nullptr || member->AsArray() == nullptr ? none : *member->AsArray();
}

// The ResourceClaims behind the names that the pod uses: those that it names,
// and those that were made from its templates.
Names ReadClaimNames(const json::Value& pod) {
  Names names;
  for (const auto& claim : ArrayAt(pod, {"spec", "resourceClaims"})) {
    const auto name = TextAt(claim, {"resourceClaimName"});
    if (!name.empty()) names[TextAt(claim, {"name"})] = name;
  }
  for (const auto& status : ArrayAt(pod, {"status", "resourceClaimStatuses"})) {
    const auto name = TextAt(status, {"resourceClaimName"});
    if (!name.empty()) names[TextAt(status, {"name"})] = name;
  }
  return names;
}

using UsesByContainer = std::map<std::string, std::vector<ClaimUse>>;

void ReadContainers(const json::Array& containers, const Names& names, UsesByContainer& uses) {
  for (const auto& container : containers) {
    for (const auto& claim : ArrayAt(container, {"resources", "claims"})) {
      const auto name = names.find(TextAt(claim, {"name"}));
      if (name != names.end()) uses[TextAt(container, {"name"})].push_back({name->second, TextAt(claim, {"request"})});
    }
  }
}

// Extended resources that DRA serves: a claim that the pod does not name.
void ReadExtended(const json::Value& pod, UsesByContainer& uses) {
  const auto* status = FindMember(pod, {"status", "extendedResourceClaimStatus"});
  if (status == nullptr) return;
  const auto claim = TextAt(*status, {"resourceClaimName"});
  for (const auto& mapping : ArrayAt(*status, {"requestMappings"})) {
    uses[TextAt(mapping, {"containerName"})].push_back({claim, TextAt(mapping, {"requestName"})});
  }
}

}  // namespace

Result<PodUses> ReadPodUses(const json::Value& pod) {
  if (FindMember(pod, {"spec"}) == nullptr) return Error(Code::kInvalid, "a pod without a spec");
  const auto names = ReadClaimNames(pod);
  UsesByContainer by_container;
  ReadContainers(ArrayAt(pod, {"spec", "initContainers"}), names, by_container);
  ReadContainers(ArrayAt(pod, {"spec", "containers"}), names, by_container);
  ReadExtended(pod, by_container);
  PodUses uses;
  for (auto& [container, used] : by_container) uses.push_back(std::move(used));
  return uses;
}

}  // namespace nacelle

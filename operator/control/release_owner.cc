// SPDX-License-Identifier: Apache-2.0
#include "operator/control/release_owner.h"

#include "operator/control/object_text.h"

namespace nacelle {
namespace {

constexpr const char* kVersion = "rbac.authorization.k8s.io/v1";
constexpr const char* kRole = "nacelle-agent";
constexpr const char* kRoles = "/apis/rbac.authorization.k8s.io/v1/clusterroles";

}  // namespace

Result<json::Array> OwnersInRelease(ApiClient& api, const std::stop_token& stop) {
  const auto role = api.Call({"GET", PathOf(kRoles, kRole), {}, {}, {}}, stop);
  if (!role && role.error().code() == Code::kUnavailable) return role.error();
  if (!role) return json::Array();
  return json::Array{json::Object{{"apiVersion", kVersion}, {"kind", "ClusterRole"}, {"name", kRole}, {"uid", TextAt(*role, {"metadata", "uid"})}}};
}

}  // namespace nacelle

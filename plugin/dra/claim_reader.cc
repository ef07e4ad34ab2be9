// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"

namespace nacelle {
namespace {

std::string ClaimPath(const ClaimRef& ref) {
  return "/apis/resource.k8s.io/v1/namespaces/" + EscapePathPart(ref.name_space) + "/resourceclaims/" +
         EscapePathPart(ref.name);
}

std::string PodPath(const std::string& name_space, const std::string& name) {
  return "/api/v1/namespaces/" + EscapePathPart(name_space) + "/pods/" + EscapePathPart(name);
}

std::size_t CountDevices(const std::vector<AllocatedClaim>& claims) {
  std::size_t count = 0;
  for (const auto& claim : claims) count += claim.devices.size();
  return count;
}

}  // namespace

Result<AllocatedClaim> ClaimReader::Read(const ClaimRef& ref, const PrepareCall& call) const {
  if (!IsUid(ref.uid)) return Error(Code::kInvalid, "the uid '" + ref.uid + "' is none");
  if (auto status = call.Check(ref.uid); !status) return std::move(status).error();
  const ApiRequest get{.path = ClaimPath(ref), .query = {}, .body = {}, .content_type = {}, .limit = call.Remaining()};
  auto object = api_.Call(get, call.stop());
  if (!object) return std::move(object).error();
  return ReadClaim(*object, ref, node_);
}

std::optional<PodUses> ClaimReader::ReadUses(std::vector<AllocatedClaim> claims, const PrepareCall& call) const {
  std::erase_if(claims, [](const AllocatedClaim& claim) { return !claim.is_pods_own; });
  if (CountDevices(claims) < 2) return std::nullopt;
  const auto& name_space = claims.front().ref.name_space;
  const auto& pod = claims.front().pods.front().name;
  // The claims can be made ready without it, so it leaves them time.
  const ApiRequest get{.path = PodPath(name_space, pod), .query = {}, .body = {}, .content_type = {},
                       .limit = std::max(call.Remaining() / 2, std::chrono::milliseconds(1))};
  const auto object = api_.Call(get, call.stop());
  auto uses = object ? ReadPodUses(*object) : Result<PodUses>(object.error());
  if (uses) return *std::move(uses);
  Log(kWarning, "which containers use which devices is not known; each sees all of the pod's",
      {{"namespace", name_space}, {"pod", pod}, {"reason", uses.error().message()}});
  return std::nullopt;
}

Result<bool> ClaimReader::IsGone(const ClaimRef& ref, const std::stop_token& stop) const {
  const ApiRequest get{.path = ClaimPath(ref), .query = {}, .body = {}, .content_type = {}};
  const auto object = api_.Call(get, stop);
  if (object) return TextAt(*object, {"metadata", "uid"}) != ref.uid;
  // A server that knows no claims at all answers so, too, but names none.
  const bool named = object.error().message().find('"' + ref.name + '"') != std::string::npos;
  if (object.error().code() == Code::kNotFound && named) return true;
  return object.error();
}

Result<bool> ClaimReader::IsThere(const std::string& name_space, const PodRef& pod, const std::stop_token& stop) const {
  const ApiRequest get{.path = PodPath(name_space, pod.name), .query = {}, .body = {}, .content_type = {}};
  const auto object = api_.Call(get, stop);
  if (!object && object.error().code() == Code::kNotFound) return false;
  if (!object) return object.error();
  const auto phase = TextAt(*object, {"status", "phase"});
  return TextAt(*object, {"metadata", "uid"}) == pod.uid && phase != "Succeeded" && phase != "Failed";
}

}  // namespace nacelle

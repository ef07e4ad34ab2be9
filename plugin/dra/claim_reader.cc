// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/claim_reader.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"

namespace nacelle {
namespace {

// Of a claim that many pods share, no more of these are asked for what they use.
constexpr std::size_t kMaxPods = 8;

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

// The pods for which all the claims are reserved.
std::vector<PodRef> CommonPods(const std::vector<AllocatedClaim>& claims) {
  auto common = claims.front().pods;
  for (const auto& claim : claims) {
    std::erase_if(common, [&](const PodRef& pod) {
      return std::find(claim.pods.begin(), claim.pods.end(), pod) == claim.pods.end();
    });
  }
  return common;
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

std::optional<PodUses> ClaimReader::ReadUses(const std::vector<AllocatedClaim>& claims, const PrepareCall& call) const {
  if (CountDevices(claims) < 2) return std::nullopt;
  const auto pods = CommonPods(claims);
  if (pods.empty() || pods.size() > kMaxPods) return std::nullopt;
  PodUses all;
  for (const auto& pod : pods) {
    // The claims can be made ready without it, so it leaves them time.
    const ApiRequest get{.path = PodPath(claims.front().ref.name_space, pod.name), .query = {}, .body = {}, .content_type = {},
                         .limit = std::max(call.Remaining() / 2, std::chrono::milliseconds(1))};
    const auto object = api_.Call(get, call.stop());
    auto uses = object ? ReadPodUses(*object) : Result<PodUses>(object.error());
    if (!uses) {
      Log(kWarning, "which containers use which devices is not known; each sees all of the pod's",
          {{"namespace", claims.front().ref.name_space}, {"pod", pod.name}, {"reason", uses.error().message()}});
      return std::nullopt;
    }
    all.insert(all.end(), uses->begin(), uses->end());
  }
  return all;
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

// SPDX-License-Identifier: Apache-2.0
#include "core/kube/cluster_access.h"

#include <stdlib.h>

#include <string_view>

namespace nacelle {
namespace {

std::string Variable(const char* name) {
  const char* value = getenv(name);
  return value == nullptr ? std::string() : value;
}

}  // namespace

std::optional<ClusterAccess> InClusterAccess(const std::filesystem::path& account) {
  auto host = Variable("KUBERNETES_SERVICE_HOST");
  const auto port = Variable("KUBERNETES_SERVICE_PORT");
  std::error_code code;
  if (host.empty() || port.empty() || !std::filesystem::exists(account / "token", code)) return std::nullopt;
  if (host.find(':') != std::string::npos) host = '[' + host + ']';
  return ClusterAccess{"https://" + host + ':' + port, account / "token", account / "ca.crt"};
}

Status CheckApiUrl(const std::string& url) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (!url.starts_with(scheme)) continue;
    const auto host = std::string_view(url).substr(scheme.size());
    if (!host.empty() && host.find_first_of("/?# ") == std::string_view::npos) return {};
  }
  return Error(Code::kInvalid, "'" + url + "' is not http[s]://HOST[:PORT]");
}

}  // namespace nacelle

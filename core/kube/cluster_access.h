// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "core/base/result.h"

namespace nacelle {

// How the API server is reached.
struct ClusterAccess {
  std::string url;  // "https://10.0.0.1:443"
  // Read again for each request: the kubelet renews it. Empty: no token.
  std::filesystem::path token_file;
  // Certificates that the server's must lead to. Empty: those of the system.
  std::filesystem::path ca_file;
};

// As a pod reaches its cluster: by KUBERNETES_SERVICE_HOST and _PORT, and the
// service account's files below `account`. Absent where the variables are, which
// is to say outside of a cluster, or where the pod has no token.
std::optional<ClusterAccess> InClusterAccess(
    const std::filesystem::path& account = "/var/run/secrets/kubernetes.io/serviceaccount");

// kInvalid when `url` is no http or https URL of a host.
Status CheckApiUrl(const std::string& url);

}  // namespace nacelle

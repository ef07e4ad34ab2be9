// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>

#include "core/base/result.h"

namespace nacelle {

// Tells the kubelet behind `kubelet_socket` that `resource` is served on the
// socket named `endpoint` in the same folder. The kubelet dials back before it
// answers. Waits at most `limit`, or until `stop`.
Status RegisterWithKubelet(const std::filesystem::path& kubelet_socket, const std::string& endpoint,
                           const std::string& resource, std::chrono::milliseconds limit,
                           const std::stop_token& stop);

}  // namespace nacelle

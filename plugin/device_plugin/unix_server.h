// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "core/base/result.h"

namespace nacelle {

// Serves `services`, which outlive the result, on a unix socket, with at most so
// many threads and a small footprint.
Result<std::unique_ptr<grpc::Server>> StartUnixServer(const std::filesystem::path& socket, int max_threads,
                                                      const std::vector<grpc::Service*>& services);

}  // namespace nacelle

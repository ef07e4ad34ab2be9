// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "core/base/result.h"
#include "core/config/policy.h"

namespace nacelle {

// Most shares that a policy can divide a queue into: the kubelet is told of
// all of them in one message.
inline constexpr int kMaxSharesPerQueue = 1024;

// Reads an AcceleratorPolicy (docs/policy.schema.json), as YAML or JSON, in the
// form that the cluster object has too: whatever metadata and status say is
// accepted, and so is spec.nodeSelector, which a file on the node has no use
// for. Unknown keys, two offers of one name, a name that Kubernetes refuses, a
// query with a mistake and bad durations are kInvalid, with `file`, the line and
// what would be right.
Result<Policy> ParsePolicy(const std::string& text, const std::string& file);

// The file's text; kInvalid when it is larger than any policy.
Result<std::string> ReadPolicyText(const std::filesystem::path& file);

Result<Policy> LoadPolicy(const std::filesystem::path& file);

}  // namespace nacelle

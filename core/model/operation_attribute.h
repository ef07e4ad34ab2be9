// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nacelle {

// The attribute of a resource slice that says that a device has the operation: "aes_gcm"
// for "aes-gcm". Absent when Kubernetes does not take the name: it has to be a C
// identifier of at most 32 characters, and one that it refuses makes it refuse
// the whole slice.
std::optional<std::string> OperationAttribute(std::string_view operation);

}  // namespace nacelle

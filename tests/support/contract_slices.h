// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json/value.h"

namespace nacelle {

// Why the API server refuses a ResourceSlice (resource.k8s.io/v1), as its
// validation has it of names and numbers; empty when it takes it.
std::string RefusalOfSlice(const json::Value& slice);

}  // namespace nacelle

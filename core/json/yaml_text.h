// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/json/value.h"

namespace nacelle::json {

// The value as a YAML 1.2 document in block style, members in their order.
// Texts are plain where no YAML reader can take them for anything else, and
// otherwise quoted as in JSON, which YAML includes.
std::string WriteYaml(const Value& value);

}  // namespace nacelle::json

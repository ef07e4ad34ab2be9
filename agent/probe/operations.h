// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace nacelle {

// The project's word for what a driver says that its function computes:
// "memmove" for "memcpy", else the same in lower case with dashes for
// underscores. Absent when it can be no word of a query.
std::optional<std::string> NormaliseOperation(std::string_view word);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/select/partition.h"

namespace nacelle {

// The SHA-256 of a text in hex digits. The layers that call BundleId have a
// library that knows it; this one has not.
using HexSha256 = std::function<std::string(std::string_view)>;

// The device id of a bundle: "b-" and 20 hex digits of the SHA-256 over the
// offer's name and the members' ids in the order of the wants, one a line.
std::string BundleId(std::string_view offer, const Tuple& members, const HexSha256& sha256);

}  // namespace nacelle

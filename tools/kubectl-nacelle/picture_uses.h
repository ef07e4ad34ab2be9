// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/describe/inventory_svg.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

// How each function of a node is offered and who holds it, by function; those that are
// not offered are left out.
std::map<std::string, FunctionUse> UsesOf(const NodeView& node);

}  // namespace nacelle::kubectl

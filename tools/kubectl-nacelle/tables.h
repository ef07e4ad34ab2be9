// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/describe/inventory_table.h"
#include "core/json/value.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

// A line a node: its functions, how many are not well, what is offered, of which
// how much is held, and the policy in force.
std::string FormatNodes(const std::vector<NodeView>& nodes);
json::Object DescribeNodes(const std::vector<NodeView>& nodes);

// A line a function. In JSON each node is as `nacelle-agent inspect -o json` has it.
std::string FormatFunctions(const std::vector<const NodeView*>& nodes, Colour colour);
json::Object DescribeFunctions(const std::vector<const NodeView*>& nodes);

// A line for each device that a container holds.
std::string FormatHolders(const std::vector<const NodeView*>& nodes);
json::Object DescribeHolders(const std::vector<const NodeView*>& nodes);

// All that is known of the functions with that id, on every node that has one:
// health, what it computes, what is near, where it is offered or why not, who
// holds it. Empty when no node has one.
std::string Explain(const std::vector<NodeView>& nodes, std::string_view id, Colour colour);

}  // namespace nacelle::kubectl

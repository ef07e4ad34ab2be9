// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "operator/plan/view.h"

namespace nacelle {

// The labels that a node is to have from us: by resource of the device plugin, how
// many of its devices can still be had, rounded down to a power of two, so that
// they change seldom; none of those of an agent that is not ready for a minute. A label of that name that is somebody else's is left to them.
std::map<std::string, std::string> LabelsOf(const NodeState& node, const NodeObjectState& object, const std::string& now);

}  // namespace nacelle

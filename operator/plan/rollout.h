// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "operator/plan/view.h"

namespace nacelle {

// How far one policy, or the absence of any, is on the nodes where it is in force.
struct Rollout {
  crd::NodeSpec wanted;
  std::vector<std::string> nodes;      // with an object; by name
  std::vector<std::string> settled;    // have it, and are ready
  std::vector<std::string> pending;    // have the spec, or all but a field of it, or may have; are not ready with it
  std::vector<std::string> unavailable;  // of the pending: by what we do, as far as can be known
  std::vector<std::string> lost;       // of those: were well before it was written, and are not since
  std::vector<std::string> outdated;   // have another spec, and nothing of this on its way
  std::set<std::string> unready;       // of the pending and outdated: not ready, and not by what we do
  std::set<std::string> no_claims;     // the same, where that is so for claims only: what goes by the device plugin is at stake
  std::vector<std::string> unwritten;  // of these: what is wanted could not be brought there
  std::vector<std::string> next;       // of these: to be written now
};

// `nodes` are those on which `wanted` is to be in force, by name; those without an object are left out.
Rollout MakeRollout(const ClusterView& view, crd::NodeSpec wanted, const std::vector<std::string>& nodes);

}  // namespace nacelle

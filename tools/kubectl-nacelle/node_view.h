// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/crd/node_accelerators.h"
#include "core/json/value.h"
#include "core/model/inventory.h"
#include "core/select/candidates.h"

namespace nacelle::kubectl {

// What one node's NodeAccelerators says, as the selection wants it.
struct NodeView {
  crd::NodeAccelerators object;
  Inventory inventory;
  Usage usage;  // from the offers' devices and who holds them
};

// The queues of a device: those of a bundle, else the one that it is.
std::vector<std::string> QueuesOf(const crd::NodeDevice& device);

// The pod that holds a device, "namespace/name"; empty where only a claim is known to.
std::string PodOf(const crd::NodeHolding& holding);

// A resource without our domain.
std::string ShortName(std::string_view resource);

NodeView ViewOf(crd::NodeAccelerators object);

// kInvalid names the object that makes no sense.
Result<NodeView> ReadNode(const json::Value& item);

void SortByName(std::vector<NodeView>& nodes);

// nullptr when there is none of that name.
const NodeView* FindNode(const std::vector<NodeView>& nodes, std::string_view name);

}  // namespace nacelle::kubectl

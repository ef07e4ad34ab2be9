// SPDX-License-Identifier: Apache-2.0
#include "core/crd/node_accelerators.h"

#include <utility>

#include "core/crd/json_fields.h"
#include "core/crd/node_accelerators_fields.h"

namespace nacelle::crd {

Result<NodeAccelerators> ReadNodeAccelerators(const json::Value& object) {
  NodeAccelerators node;
  node.meta = ReadMeta(object);
  if (object.AsObject() == nullptr) return WrongType("an object");
  if (const auto* spec = object.AsObject()->Find("spec")) {
    if (auto status = FromJson(*spec, node.spec); !status) return std::move(status).error().In("spec");
  }
  if (const auto* found = object.AsObject()->Find("status")) {
    if (auto status = FromJson(*found, node.status); !status) return std::move(status).error().In("status");
  }
  return node;
}

json::Object WriteNodeSpec(const NodeSpec& spec) { return WriteFields(spec); }
json::Object WriteNodeStatus(const NodeStatus& status) { return WriteFields(status); }

}  // namespace nacelle::crd

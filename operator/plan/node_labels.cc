// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/node_labels.h"

#include <bit>
#include <cstdint>

#include "operator/plan/patience.h"

namespace nacelle {
namespace {

std::uint64_t Coarse(std::int64_t count) { return count <= 0 ? 0 : std::bit_floor(static_cast<std::uint64_t>(count)); }

bool IsOfAnother(const NodeState& node, const std::string& label) { return node.labels.contains(label) && !node.ours.contains(label); }

}  // namespace

std::map<std::string, std::string> LabelsOf(const NodeState& node, const NodeObjectState& object, const std::string& now) {
  std::map<std::string, std::string> labels;
  const bool lost = !object.ready && !object.no_claims && HasLasted(object.ready_changed, now);
  for (const auto& offer : object.offers) {
    // A resource's name is written as a label's is.
    if (!IsOfAnother(node, offer.resource)) labels[offer.resource] = std::to_string(lost ? 0 : Coarse(offer.free));
  }
  return labels;
}

}  // namespace nacelle

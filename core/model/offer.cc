// SPDX-License-Identifier: Apache-2.0
#include "core/model/offer.h"

#include <algorithm>

namespace nacelle {

std::string ShareId(std::string_view queue, int share) {
  std::string id(queue);
  if (share > 0) id += '-' + std::to_string(share);
  return id;
}

std::optional<Share> FindShare(const Offer& offer, std::string_view device) {
  for (const auto& offered : offer.queues) {
    if (!device.starts_with(offered.queue)) continue;
    for (int share = 0; share < offered.shares; ++share) {
      if (ShareId(offered.queue, share) == device) return Share{offered.queue, share};
    }
  }
  return std::nullopt;
}

}  // namespace nacelle

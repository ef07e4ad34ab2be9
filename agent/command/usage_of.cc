// SPDX-License-Identifier: Apache-2.0
#include "agent/command/usage_of.h"

namespace nacelle {

Usage UsageOf(const std::vector<Offer>& offers, const std::vector<HeldShare>& held) {
  Usage usage;
  for (const auto& offer : offers) {
    for (const auto& queue : offer.queues) usage[queue.queue].shares = queue.shares;
    for (const auto& tuple : offer.tuples) {
      for (const auto& queue : tuple.queues) usage[queue].shares = tuple.shares;
    }
  }
  for (const auto& share : held) {
    for (const auto& queue : share.queues) ++usage[queue].held;
  }
  return usage;
}

}  // namespace nacelle

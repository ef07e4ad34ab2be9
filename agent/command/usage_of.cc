// SPDX-License-Identifier: Apache-2.0
#include "agent/command/usage_of.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nacelle {
namespace {

constexpr std::string_view kOurs = "nacelle.dev/";

// The queue that a device of no offer has, or had, its id from: "<queue>" or "<queue>-<share>".
std::optional<std::string> QueueOf(const Inventory& inventory, const std::string& device) {
  if (FindQueue(inventory, device)) return device;
  const auto queue = device.substr(0, device.rfind('-'));
  return FindQueue(inventory, queue) ? std::optional(queue) : std::nullopt;
}

std::vector<std::string> QueuesOf(const Inventory& inventory, const std::vector<Offer>& offers, const Holding& holding) {
  for (const auto& offer : offers) {
    if (offer.resource != holding.resource) continue;
    if (const auto* tuple = FindTuple(offer, holding.device)) return tuple->queues;
    if (auto share = FindShare(offer, holding.device)) return {share->queue};
  }
  if (!holding.resource.starts_with(kOurs)) return {};
  const auto queue = QueueOf(inventory, holding.device);
  return queue ? std::vector{*queue} : std::vector<std::string>();
}

}  // namespace

Usage UsageOf(const Inventory& inventory, const std::vector<Offer>& offers, const std::vector<Holding>& holdings) {
  Usage usage;
  for (const auto& offer : offers) {
    for (const auto& queue : offer.queues) usage[queue.queue].shares = queue.shares;
    for (const auto& tuple : offer.tuples) {
      for (const auto& queue : tuple.queues) usage[queue].shares = tuple.shares;
    }
  }
  for (const auto& holding : holdings) {
    for (const auto& queue : QueuesOf(inventory, offers, holding)) ++usage[queue].held;
  }
  return usage;
}

}  // namespace nacelle

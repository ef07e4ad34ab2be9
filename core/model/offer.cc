// SPDX-License-Identifier: Apache-2.0
#include "core/model/offer.h"

#include <algorithm>
#include <charconv>

namespace nacelle {
namespace {

bool IsAllowed(const std::optional<std::vector<std::string>>& only, std::string_view device) {
  return !only || std::find(only->begin(), only->end(), device) != only->end();
}

}  // namespace

std::string ShareId(std::string_view queue, int share) {
  std::string id(queue);
  if (share > 0) id += '-' + std::to_string(share);
  return id;
}

std::optional<int> ShareNumber(std::string_view queue, std::string_view device) {
  if (!device.starts_with(queue)) return std::nullopt;
  device.remove_prefix(queue.size());
  if (device.empty()) return 0;
  if (device.size() < 2 || device.front() != '-' || device[1] == '0') return std::nullopt;
  int share = 0;
  const auto* last = device.data() + device.size();
  const auto [end, error] = std::from_chars(device.data() + 1, last, share);
  if (error != std::errc() || end != last || share < 1) return std::nullopt;
  return share;
}

std::vector<std::string> ShareIds(std::string_view whole, int shares) {
  std::vector<std::string> ids;
  ids.reserve(static_cast<std::size_t>(shares));
  for (int share = 0; share < shares; ++share) ids.push_back(ShareId(whole, share));
  return ids;
}

std::vector<std::string> DeviceIds(const OfferedQueue& offered) {
  return offered.only ? *offered.only : ShareIds(offered.queue, offered.shares);
}

std::vector<std::string> DeviceIds(const OfferedTuple& tuple) {
  return tuple.only ? *tuple.only : ShareIds(tuple.id, tuple.shares);
}

const OfferedTuple* FindTuple(const Offer& offer, std::string_view device) {
  for (const auto& tuple : offer.tuples) {
    const auto share = ShareNumber(tuple.id, device);
    if (share && *share < tuple.shares && IsAllowed(tuple.only, device)) return &tuple;
  }
  return nullptr;
}

std::optional<Share> FindShare(const Offer& offer, std::string_view device) {
  for (const auto& offered : offer.queues) {
    const auto share = ShareNumber(offered.queue, device);
    if (!share || *share >= offered.shares) continue;
    if (IsAllowed(offered.only, device)) return Share{offered.queue, *share};
  }
  return std::nullopt;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/model/offer.h"

#include <algorithm>
#include <charconv>

namespace nacelle {

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

std::vector<std::string> DeviceIds(const OfferedQueue& offered) {
  if (offered.only) return *offered.only;
  std::vector<std::string> ids;
  ids.reserve(static_cast<std::size_t>(offered.shares));
  for (int share = 0; share < offered.shares; ++share) ids.push_back(ShareId(offered.queue, share));
  return ids;
}

std::optional<Share> FindShare(const Offer& offer, std::string_view device) {
  for (const auto& offered : offer.queues) {
    const auto share = ShareNumber(offered.queue, device);
    if (!share || *share >= offered.shares) continue;
    const auto& only = offered.only;
    if (only && std::find(only->begin(), only->end(), device) == only->end()) continue;
    return Share{offered.queue, *share};
  }
  return std::nullopt;
}

}  // namespace nacelle

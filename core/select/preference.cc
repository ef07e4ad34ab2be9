// SPDX-License-Identifier: Apache-2.0
#include "core/select/preference.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <string_view>
#include <unordered_map>

#include "core/select/question.h"
#include "core/select/search.h"

namespace nacelle {
namespace {

// Some milliseconds: a pod waits.
constexpr long kMaxSteps = 10'000;

// A device, by its index among all sorted by id.
struct Device {
  std::string_view id;
  std::size_t queue = 0;
  bool taken = false;
};

struct DeviceQueue {
  int free_shares = 0;
  int node = 0;
  int place = 0;
  int within = 0;
  bool taken = false;  // one of its devices is
};

// The queue that a device id names, as FindShare tells; the id itself when the
// offer does not have it.
class QueueNames {
 public:
  explicit QueueNames(const Offer& offer) {
    for (const auto& offered : offer.queues) shares_.emplace(offered.queue, offered.shares);
  }

  std::string_view Of(std::string_view id) const {
    const auto dash = id.rfind('-');
    if (dash != std::string_view::npos) {
      const auto number = id.substr(dash + 1);
      int share = 0;
      const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), share);
      const bool is_share = error == std::errc() && end == number.data() + number.size() && share > 0 &&
                            number.front() != '0';
      const auto queue = shares_.find(id.substr(0, dash));
      if (is_share && queue != shares_.end() && share < queue->second) return queue->first;
    }
    return id;
  }

  bool Has(std::string_view queue) const { return shares_.contains(queue); }

 private:
  std::unordered_map<std::string_view, int> shares_;
};

class Preferring {
 public:
  Preferring(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request)
      : inventory_(inventory), request_(request), names_(offer) {
    for (const auto& function : inventory.functions) {
      for (const auto& queue : function.queues) functions_.emplace(queue.id, &function);
    }
    AddDevices();
    distances_ = nodes_.Distances(inventory);
  }

  std::vector<std::string> Prefer() {
    for (const auto& id : request_.must_include) TakeId(id);
    std::vector<std::size_t> fresh = FirstOfFreshQueues();
    if (fresh.size() <= Left()) {
      for (const auto device : fresh) Take(device);
      fresh.clear();
      for (std::size_t i = 0; i < devices_.size(); ++i) {
        if (!devices_[i].taken) fresh.push_back(i);
      }
    }
    if (fresh.size() <= Left()) {
      for (const auto device : fresh) Take(device);
    } else if (Left() > 0) {
      TakeBest(fresh);
    }
    return Taken();
  }

 private:
  void AddDevices() {
    std::vector<std::string_view> ids(request_.available.begin(), request_.available.end());
    ids.insert(ids.end(), request_.must_include.begin(), request_.must_include.end());
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::unordered_map<std::string_view, std::size_t> index;
    for (const auto id : ids) {
      const auto name = names_.Of(id);
      const auto [at, is_new] = index.emplace(name, queues_.size());
      if (is_new) queues_.push_back(QueueOf(name));
      ++queues_[at->second].free_shares;
      devices_.push_back({id, at->second, false});
    }
  }

  DeviceQueue QueueOf(std::string_view name) {
    const auto function = names_.Has(name) ? functions_.find(name) : functions_.end();
    const bool is_known = function != functions_.end();
    DeviceQueue queue{.node = nodes_.Of(is_known ? function->second->numa : std::nullopt)};
    if (request_.place) {
      queue.place = is_known ? DistanceTo(inventory_, *function->second, *request_.place) : kUnknownDistance;
    }
    if (is_known) queue.within = WithinAt(function->second->numa);
    return queue;
  }

  int WithinAt(std::optional<int> numa) const {
    const auto within = numa ? request_.within.find(*numa) : request_.within.end();
    return within == request_.within.end() ? 0 : within->second;
  }

  std::size_t Left() const {
    const auto size = static_cast<std::size_t>(std::max(request_.size, 0));
    return size > taken_ ? size - taken_ : 0;
  }

  void Take(std::size_t index) {
    auto& device = devices_[index];
    if (device.taken) return;
    device.taken = true;
    queues_[device.queue].taken = true;
    ++taken_;
  }

  void TakeId(std::string_view id) {
    const auto at = std::lower_bound(devices_.begin(), devices_.end(), id,
                                     [](const Device& device, std::string_view key) { return device.id < key; });
    Take(static_cast<std::size_t>(at - devices_.begin()));
  }

  // The smallest id of each queue of which nothing is taken.
  std::vector<std::size_t> FirstOfFreshQueues() const {
    std::vector<bool> seen(queues_.size());
    std::vector<std::size_t> first;
    for (std::size_t i = 0; i < devices_.size(); ++i) {
      const auto queue = devices_[i].queue;
      if (queues_[queue].taken || seen[queue]) continue;
      seen[queue] = true;
      first.push_back(i);
    }
    return first;
  }

  void TakeBest(const std::vector<std::size_t>& from) {
    SearchProblem problem{.counts = {static_cast<int>(Left())}, .distances = distances_};
    problem.base.assign(distances_.size(), 0);
    for (const auto& queue : queues_) problem.base[queue.node] = queue.within;  // all at a node have the same
    for (const auto& device : devices_) {
      if (!device.taken) continue;
      const auto& row = distances_[queues_[device.queue].node];
      for (std::size_t node = 0; node < row.size(); ++node) problem.base[node] += row[node];
    }
    for (const auto index : from) {
      const auto& queue = queues_[devices_[index].queue];
      problem.items.push_back({static_cast<int>(index), queue.free_shares, queue.node, 1, queue.place, 0});
    }
    const auto result = Search(problem, {1, kMaxSteps});
    if (result.best.empty()) return;
    for (const int index : result.best.front().ranks) Take(static_cast<std::size_t>(index));
  }

  std::vector<std::string> Taken() const {
    std::vector<std::string> ids;
    for (const auto& device : devices_) {
      if (device.taken) ids.emplace_back(device.id);
    }
    return ids;
  }

  const Inventory& inventory_;
  const PreferenceRequest& request_;
  QueueNames names_;
  std::unordered_map<std::string_view, const Function*> functions_;
  NodeNumbers nodes_;
  std::vector<DeviceQueue> queues_;
  std::vector<Device> devices_;  // by id
  std::vector<std::vector<int>> distances_;
  std::size_t taken_ = 0;
};

}  // namespace

std::vector<std::string> PreferDevices(const Inventory& inventory, const Offer& offer,
                                       const PreferenceRequest& request) {
  return Preferring(inventory, offer, request).Prefer();
}

}  // namespace nacelle

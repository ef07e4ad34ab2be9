// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/accountant.h"

#include <algorithm>
#include <utility>

#include "core/base/boot_id.h"
#include "core/base/join.h"
#include "plugin/device_plugin/container_grants.h"
#include "plugin/device_plugin/retention.h"
#include "plugin/device_plugin/tuple_preference.h"
#include "plugin/grant/cdi_spec.h"
#include "plugin/grant/resolve.h"
#include "plugin/grant/view.h"
#include "plugin/grant/view_folder.h"

namespace nacelle {
namespace {

using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

std::vector<std::string> SortedUnique(std::vector<std::string> ids) {
  std::sort(ids.begin(), ids.end());
  ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
  return ids;
}

milliseconds Left(steady_clock::time_point deadline) {
  return std::max(milliseconds(0), duration_cast<milliseconds>(deadline - steady_clock::now()));
}

}  // namespace

// Ids that are being allocated, for as long as it lives.
class Accountant::Flight {
 public:
  Flight(Accountant& accountant, const std::string& resource,
         const std::vector<std::vector<std::string>>& containers)
      : accountant_(accountant) {
    const std::lock_guard lock(accountant_.mutex_);
    for (const auto& devices : containers) {
      for (const auto& id : devices) entries_.push_back(accountant_.in_flight_.emplace(resource, id));
    }
  }
  ~Flight() {
    const std::lock_guard lock(accountant_.mutex_);
    for (const auto& entry : entries_) accountant_.in_flight_.erase(entry);
  }
  Flight(const Flight&) = delete;
  Flight& operator=(const Flight&) = delete;

 private:
  Accountant& accountant_;
  std::vector<std::multiset<std::pair<std::string, std::string>>::iterator> entries_;
};

Accountant::Accountant(const InventoryFeed& feed, const OfferBook& offers, const HostRoot& host, GrantStore& grants,
                       HolderList& holders, BoundedWorker& disk,
                       std::chrono::milliseconds pre_start_limit)
    : feed_(feed),
      offers_(offers),
      host_(host),
      grants_(grants),
      holders_(holders),
      pre_start_limit_(pre_start_limit),
      boot_id_(ReadBootId()),
      disk_(disk) {}

Result<std::vector<Accountant::Allocation>> Accountant::Allocate(const std::string& resource,
                                                                 std::vector<std::vector<std::string>> containers) {
  for (auto& devices : containers) devices = SortedUnique(std::move(devices));
  const Flight flight(*this, resource, containers);
  const auto offered = offers_.Newest();
  const auto* offer = FindOffer(*offered.plan, resource);
  const auto inventory = feed_.Latest().inventory;
  if (offer == nullptr || inventory == nullptr) {
    return Error(Code::kNotFound, resource + " is not offered on this node now");
  }
  std::vector<Grant> grants;
  for (const auto& devices : containers) {
    auto grant = ResolveGrant(host_, *inventory, *offer, devices, boot_id_);
    if (!grant) return std::move(grant).error().In("allocate " + resource);
    if (auto status = CheckFree(*offered.plan, *grant); !status) return std::move(status).error().In("allocate " + resource);
    grants.push_back(std::move(*grant));
  }
  std::vector<Allocation> allocations;
  for (auto& grant : grants) {
    allocations.push_back(grant.devices.empty() ? Allocation() : Carry(std::move(grant)));
  }
  return allocations;
}

// The kubelet may not have read yet that a queue is taken.
Status Accountant::CheckFree(const OfferPlan& plan, const Grant& grant) {
  for (const auto& queue : grant.queues) {
    const auto taken = plan.taken.find(queue.id);
    if (taken != plan.taken.end()) return Error(Code::kUnavailable, "queue '" + queue.id + "' " + taken->second);
  }
  return {};
}

// Records the grant, and says how it gets into its container. A spec is written
// before the container starts, not here: nothing waits for a disk.
Accountant::Allocation Accountant::Carry(Grant grant) {
  const auto policy = offers_.policy();
  const auto settings = policy == nullptr ? GrantSettings() : policy->grant;
  const auto id = GrantId(grant);
  grant.mask_sysfs = settings.mask_sysfs;
  Allocation allocation{EditsFor(grant, ViewPath(grants_.state_dir(), id), settings.mask_sysfs), {}, {}};
  if (settings.via != GrantCarrier::kDevices) {
    grant.cdi = CdiNameFor(id, allocation.edits);
    allocation = {{}, grants_.cdi().kind() + '=' + grant.cdi, {}};
    if (settings.via == GrantCarrier::kAnnotation) allocation.annotation_key = "cdi.k8s.io/nacelle.dev_" + id;
  }
  Record(std::move(grant));
  return allocation;
}

void Accountant::Record(Grant grant) {
  if (!grants_.Remember(std::move(grant))) return;
  // Before any start of its container, which is work for the same thread. What
  // fails is tried again and reported by the Reconciler.
  disk_.Soon([this] {
    (void)grants_.Save();
  });
}

std::vector<std::string> Accountant::Prefer(const std::string& resource, PreferenceRequest request) const {
  const auto plan = offers_.Newest().plan;
  const auto latest = feed_.Latest().inventory;
  const auto inventory = latest ? latest : std::make_shared<const Inventory>();
  const auto place = plan->places.find(resource);
  if (place != plan->places.end()) request.place = Locate(*inventory, place->second, {});
  const auto* offer = FindOffer(*plan, resource);
  return PreferTuples(*inventory, offer == nullptr ? Offer{resource, {}} : *offer, request);
}

std::set<std::pair<std::string, std::string>> Accountant::InFlight() const {
  const std::lock_guard lock(mutex_);
  return {in_flight_.begin(), in_flight_.end()};
}

std::set<std::string> Accountant::InFlight(const std::string& resource) const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> ids;
  for (auto it = in_flight_.lower_bound({resource, ""}); it != in_flight_.end() && it->first == resource; ++it) {
    ids.insert(it->second);
  }
  return ids;
}

Status Accountant::PreStart(const std::string& resource, std::vector<std::string> devices,
                            const std::stop_token& stop) {
  const auto deadline = steady_clock::now() + pre_start_limit_;
  devices = SortedUnique(std::move(devices));
  if (devices.empty()) return {};
  const auto id = GrantId(resource, devices);
  // The agent before this one may have granted it after this one had read the records.
  if (!grants_.Find(id)) {
    auto read = disk_.Do(Left(deadline), [this, id] { return grants_.LoadLate(id); }, stop);
    if (!read) return std::move(read).error().In("start with " + resource);
  }
  if (!grants_.Find(id)) {
    return Error(Code::kNotFound, "start with " + resource + ": no record that " + Join(devices, ", ") +
                                      " was granted; delete the pod to have it granted anew");
  }
  auto holders = holders_.Ask(pre_start_limit_ / 2, stop);
  if (!holders) return std::move(holders).error().In("start with " + resource);
  auto status = disk_.Do(
      Left(deadline), [this, id, holders = *holders] { return MakeView(id, *holders); }, stop);
  if (!status) return std::move(status).error().In("start with " + resource);
  return {};
}

Status Accountant::CheckStart(const Inventory& inventory, const Grant& grant) const {
  if (auto status = CheckGrant(host_, inventory, grant); !status) return status;
  const auto plan = offers_.Newest().plan;
  if (auto status = CheckFree(*plan, grant); !status) return status;
  if (!grant.idle) return {};
  const auto* offer = FindOffer(*plan, grant.resource);
  const Error given_up(Code::kUnavailable, "no container with " + Join(grant.devices, ", ") +
                                               " was seen for so long that the devices went elsewhere; delete the pod to "
                                               "have others granted");
  if (offer == nullptr) return given_up;
  const auto anew = ResolveGrant(host_, inventory, *offer, grant.devices, boot_id_);
  return anew ? Status() : Status(given_up);
}

Status Accountant::MakeView(const std::string& grant_id, const HolderSnapshot& holders) {
  const auto grant = grants_.Find(grant_id);
  if (!grant) return Error(Code::kUnavailable, "grant " + grant_id + " has just ended");
  const auto inventory = feed_.Latest().inventory;
  if (inventory == nullptr) return Error(Code::kUnavailable, "the machine has not been scanned yet");
  if (auto status = CheckStart(*inventory, *grant); !status) return status;
  auto confirmed = *grant;
  confirmed.boot_id = boot_id_;
  confirmed.started = true;
  confirmed.idle = false;
  confirmed.listed = grant->listed || IsNamed(*grant, holders.holdings);
  if (auto status = grants_.Confirm(*grant, confirmed); !status) {
    return std::move(status).error().In("cannot record the grant");
  }
  const auto* allocated = holders.allocated ? &*holders.allocated : nullptr;
  const auto grants = GrantsOfContainer(holders.holdings, allocated, grants_.All(), confirmed);
  auto status = WriteView(ViewPath(grants_.state_dir(), grant_id), BuildView(*inventory, grants));
  if (!status) return std::move(status).error().In("cannot write the view");
  if (grant->cdi.empty()) return {};
  status = grants_.WriteSpec(*grant);
  if (!status) return std::move(status).error().In("cannot write the CDI spec");
  return {};
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/publisher.h"

#include <algorithm>
#include <utility>

#include "core/base/log.h"
#include "plugin/device_plugin/taken_queues.h"
#include "plugin/offer/numa_hint.h"

namespace nacelle {
namespace {

// Grants and holders change without waking the publisher; what they change is
// never urgent.
constexpr std::chrono::milliseconds kLookAgain{1000};
constexpr std::chrono::milliseconds kAwaitGrants{2000};

std::vector<ListedDevice> DevicesOf(const Offered& offered, const std::string& resource,
                                    const std::map<std::string, std::string>& taken) {
  const auto* offer = FindOffer(offered.plan, resource);
  if (offer == nullptr) return {};
  std::vector<ListedDevice> devices;
  for (const auto& queue : offer->queues) {
    const auto ref = FindQueue(*offered.inventory, queue.queue);
    if (!ref) continue;
    auto health = EffectiveHealth(ref);
    if (const auto it = taken.find(queue.queue); health.healthy && it != taken.end()) health = {false, it->second};
    const auto numa = NumaHint(*offered.inventory, *ref.function);
    for (int share = 0; share < queue.shares; ++share) {
      devices.push_back({ShareId(queue.queue, share), health, numa, false});
    }
  }
  return devices;
}

}  // namespace

Publisher::Publisher(const Parts& parts, const DevicePluginOptions& options) : parts_(parts), options_(options) {}

Status Publisher::Run(const std::stop_token& stop) {
  // Who held what before the agent started decides what is listed.
  parts_.grants.AwaitLoad(kAwaitGrants, stop);
  std::uint64_t seen = 0;
  const auto wait = std::min(kLookAgain, std::max(options_.leave_after / 2, std::chrono::milliseconds(1)));
  while (!stop.stop_requested()) {
    seen = parts_.offers.feed().Next(seen, wait, stop).generation;
    // Without a scan nothing is known: an empty list would be a lie.
    if (seen > 0) Step();
  }
  return {};
}

void Publisher::Step() {
  const auto offered = parts_.offers.Newest();
  const auto holders = parts_.holders.Latest();
  const auto grants = parts_.grants.All();
  const auto* holdings = holders ? &holders->holdings : nullptr;
  const auto& boot_id = parts_.accountant.boot_id();
  const auto held = CollectHeld(*offered->inventory, grants, holdings, boot_id);
  const auto taken = FindTaken(*offered->inventory, grants, holdings, boot_id);
  for (const auto& offer : offered->plan.offers) resources_.try_emplace(offer.resource, options_.leave_after);
  for (const auto& [name, devices] : held) resources_.try_emplace(name, options_.leave_after);

  std::vector<PluginMetrics::Listed> listed;
  std::vector<ResourceService::Parts> wanted;
  std::set<std::string> names;
  bool waits = false;
  for (auto it = resources_.begin(); it != resources_.end();) {
    auto& [name, resource] = *it;
    auto devices = StepResource(name, resource, *offered, held, taken, holders.get());
    waits = waits || resource.listing.waits();
    if (devices.empty() && FindOffer(offered->plan, name) == nullptr) {
      it = resources_.erase(it);
      continue;
    }
    names.insert(name);
    wanted.push_back({name, resource.feed, parts_.accountant, parts_.metrics, options_.list_gap});
    listed.push_back({name, std::move(devices)});
    ++it;
  }
  waits_ = waits;
  parts_.metrics.ShowDevices(listed);
  parts_.metrics.ShowGrants(grants.size());
  LogProblems(offered->plan);
  if (served_ != names) parts_.registrar.Want(std::move(wanted));
  served_ = std::move(names);
}

std::vector<ListedDevice> Publisher::StepResource(const std::string& name, Resource& resource,
                                                  const Offered& offered, const HeldDevices& held,
                                                  const std::map<std::string, std::string>& taken,
                                                  const HolderSnapshot* holders) {
  ListingInput input;
  input.offered = DevicesOf(offered, name, taken);
  if (const auto it = held.find(name); it != held.end()) input.held = it->second;
  input.in_flight = parts_.accountant.InFlight(name);
  if (holders != nullptr) input.holders_asked = holders->asked;
  input.now = parts_.clock.Now();
  auto devices = resource.listing.Step(input);
  NoteLeftOut(name, resource, resource.feed->Publish(devices));
  return devices;
}

void Publisher::NoteLeftOut(const std::string& name, Resource& resource, std::size_t left_out) const {
  if (left_out == resource.left_out) return;
  resource.left_out = left_out;
  if (left_out == 0) return;
  Log(kError, "more devices than the kubelet can be told of in one message",
      {{"resource", name}, {"left_out", std::to_string(left_out)}});
}

void Publisher::LogProblems(const OfferPlan& plan) {
  for (const auto& problem : plan.problems) {
    if (std::find(logged_.begin(), logged_.end(), problem) != logged_.end()) continue;
    Log(kWarning, problem.message, {{"object", problem.object}});
  }
  logged_ = plan.problems;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/publisher.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/base/log.h"
#include "plugin/offer/numa_hint.h"

namespace nacelle {
namespace {

// Grants and holders change without waking the publisher; what they change is
// never urgent.
constexpr std::chrono::milliseconds kLookAgain{1000};
constexpr std::chrono::milliseconds kAwaitGrants{2000};

bool IsLeaving(const OfferedTuple& tuple) { return tuple.only && tuple.only->empty(); }

void AddTuple(const Inventory& inventory, const OfferedTuple& tuple, const OfferPlan& plan,
              std::vector<ListedDevice>& devices) {
  auto health = tuple.health;
  for (const auto& queue : tuple.queues) {
    if (const auto it = plan.taken.find(queue); health.healthy && it != plan.taken.end()) health = {false, it->second};
  }
  const auto numa = NumaHint(inventory, tuple.queues);
  const bool leaving = IsLeaving(tuple);
  for (const auto& id : leaving ? ShareIds(tuple.id, tuple.shares) : DeviceIds(tuple)) {
    devices.push_back({id, health, numa, false, leaving});
  }
}

std::vector<ListedDevice> DevicesOf(const Inventory& inventory, const OfferPlan& plan, const std::string& resource) {
  const auto* offer = FindOffer(plan, resource);
  if (offer == nullptr) return {};
  std::vector<ListedDevice> devices;
  for (const auto& queue : offer->queues) {
    const auto ref = FindQueue(inventory, queue.queue);
    if (!ref) continue;
    auto health = EffectiveHealth(ref);
    if (const auto it = plan.taken.find(queue.queue); health.healthy && it != plan.taken.end()) health = {false, it->second};
    const auto numa = NumaHint(inventory, *ref.function);
    for (const auto& id : DeviceIds(queue)) devices.push_back({id, health, numa, false});
  }
  for (const auto& tuple : offer->tuples) AddTuple(inventory, tuple, plan, devices);
  return devices;
}

// What is in `now` and was not in `before`.
template <typename T, typename Say>
void SayNew(const std::vector<T>& now, const std::vector<T>& before, Say say) {
  for (const auto& item : now) {
    if (std::find(before.begin(), before.end(), item) == before.end()) say(item);
  }
}

// Resources whose offers no queue of this node answers, free or held.
std::vector<std::string> NothingSelected(const OfferPlan& plan) {
  std::vector<std::string> none;
  std::set_difference(plan.empty.begin(), plan.empty.end(), plan.waiting.begin(), plan.waiting.end(), std::back_inserter(none));
  return none;
}

}  // namespace

Publisher::Publisher(const Parts& parts, const DevicePluginOptions& options)
    : parts_(parts),
      options_(options),
      plan_maker_({parts.feed, parts.host, parts.offers, parts.grants, parts.holders, parts.accountant, parts.disk}) {}

Status Publisher::Run(const std::stop_token& stop) {
  // Who held what before the agent started decides what is listed.
  parts_.grants.AwaitLoad(kAwaitGrants, stop);
  // The first one comes soon after the scan; the look after that one is a second later.
  parts_.offers.AwaitPolicy(stop);
  std::uint64_t seen = 0;
  const auto wait = std::min(kLookAgain, std::max(options_.leave_after / 2, std::chrono::milliseconds(1)));
  while (!stop.stop_requested()) {
    seen = parts_.feed.Next(seen, wait, stop).generation;
    // Without a scan nothing is known: an empty list would be a lie.
    const auto policy = parts_.offers.policy();
    if (seen == 0 || policy == nullptr) continue;
    const bool planned = plan_maker_.Step(policy);
    Inputs inputs{policy, Look()};
    if (!planned && inputs == shown_ && !waits_) continue;
    Show();
    shown_ = std::move(inputs);
  }
  return {};
}

Publisher::Situation Publisher::Look() const {
  return {parts_.feed.Latest().inventory, parts_.holders.Latest(), parts_.grants.All()};
}

void Publisher::Show() {
  const auto now = Look();
  const auto plan = parts_.offers.Newest().plan;
  const auto& boot_id = parts_.accountant.boot_id();
  const auto holdings = now.holders ? WhoMayHold(*now.holders) : std::vector<Holding>();
  const auto held = CollectHeld(*now.inventory, now.grants, now.holders ? &holdings : nullptr, boot_id);
  for (const auto& offer : plan->offers) {
    if (offer.route == Route::kDevicePlugin) resources_.try_emplace(offer.resource, options_.leave_after);
  }
  for (const auto& [name, devices] : held) resources_.try_emplace(name, options_.leave_after);

  std::vector<PluginMetrics::Listed> listed;
  std::vector<ResourceService::Parts> wanted;
  std::set<std::string> names;
  bool waits = false;
  for (auto it = resources_.begin(); it != resources_.end();) {
    auto& [name, resource] = *it;
    auto devices = ShowResource(name, resource, now, DevicesOf(*now.inventory, *plan, name), held);
    waits = waits || resource.listing.waits();
    DissolveGone(*plan, name, devices);
    if (devices.empty() && FindOffer(*plan, name) == nullptr) {
      it = resources_.erase(it);
      continue;
    }
    names.insert(name);
    wanted.push_back({name, resource.feed, parts_.accountant, parts_.metrics, options_.list_gap,
                      options_.look_for_cancel});
    listed.push_back({name, std::move(devices)});
    ++it;
  }
  waits_ = waits;
  for (const auto& name : plan->empty) {
    if (!names.contains(name)) listed.push_back({name, {}});
  }
  parts_.metrics.ShowDevices(listed);
  parts_.metrics.ShowGrants(now.grants.size());
  Announce(*plan);
  if (served_ != names) parts_.registrar.Want(std::move(wanted));
  served_ = std::move(names);
}

// Tuples whose last id has left the list.
void Publisher::DissolveGone(const OfferPlan& plan, const std::string& resource,
                             const std::vector<ListedDevice>& shown) {
  const auto* offer = FindOffer(plan, resource);
  if (offer == nullptr) return;
  for (const auto& tuple : offer->tuples) {
    const bool listed = std::any_of(shown.begin(), shown.end(), [&](const ListedDevice& device) {
      return ShareNumber(tuple.id, device.id).has_value();
    });
    if (IsLeaving(tuple) && !listed) plan_maker_.Dissolve(resource, tuple.id);
  }
}

std::vector<ListedDevice> Publisher::ShowResource(const std::string& name, Resource& resource, const Situation& now,
                                                  std::vector<ListedDevice> offered, const HeldDevices& held) {
  ListingInput input;
  input.offered = std::move(offered);
  if (const auto it = held.find(name); it != held.end()) input.held = it->second;
  input.in_flight = parts_.accountant.InFlight(name);
  if (now.holders != nullptr) input.holders_asked = now.holders->asked;
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

// What is new in a plan, once.
void Publisher::Announce(const OfferPlan& plan) {
  SayNew(plan.problems, announced_.problems,
         [](const Problem& problem) { Log(kWarning, problem.message, {{"object", problem.object}}); });
  SayNew(plan.hidden, announced_.hidden,
         [](const Problem& hidden) { Log(kInfo, hidden.message, {{"function", hidden.object}}); });
  SayNew(plan.waiting, announced_.waiting,
         [](const std::string& resource) { Log(kInfo, "offer waits for its queues, which are held otherwise", {{"resource", resource}}); });
  SayNew(NothingSelected(plan), NothingSelected(announced_),
         [](const std::string& resource) { Log(kInfo, "offer selects nothing here", {{"resource", resource}}); });
  announced_ = plan;
}

}  // namespace nacelle

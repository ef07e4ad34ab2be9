// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/publisher.h"

#include <algorithm>
#include <utility>

#include "agent/discovery/cpu_nodes.h"
#include "core/base/log.h"
#include "plugin/device_plugin/held_shares.h"
#include "plugin/device_plugin/taken_queues.h"
#include "plugin/offer/numa_hint.h"

namespace nacelle {
namespace {

// Grants and holders change without waking the publisher; what they change is
// never urgent.
constexpr std::chrono::milliseconds kLookAgain{1000};
constexpr std::chrono::milliseconds kAwaitGrants{2000};
// Of making the plan anew because something was allocated meanwhile; the rest
// waits for the next look.
constexpr int kMostRounds = 4;

std::vector<ListedDevice> DevicesOf(const Inventory& inventory, const OfferPlan& plan, const std::string& resource,
                                    const std::map<std::string, std::string>& taken) {
  const auto* offer = FindOffer(plan, resource);
  if (offer == nullptr) return {};
  std::vector<ListedDevice> devices;
  for (const auto& queue : offer->queues) {
    const auto ref = FindQueue(inventory, queue.queue);
    if (!ref) continue;
    auto health = EffectiveHealth(ref);
    if (const auto it = taken.find(queue.queue); health.healthy && it != taken.end()) health = {false, it->second};
    const auto numa = NumaHint(inventory, *ref.function);
    for (const auto& id : DeviceIds(queue)) devices.push_back({id, health, numa, false});
  }
  return devices;
}

bool AsksForACpu(const Policy& policy) {
  return std::any_of(policy.offers.begin(), policy.offers.end(), [](const PolicyOffer& offer) {
    const auto& relation = offer.find.relation;
    return relation.kind == Relation::Kind::kNear && relation.place.kind == Place::Kind::kCpu;
  });
}

// What is in `now` and was not in `before`.
template <typename T, typename Say>
void SayNew(const std::vector<T>& now, const std::vector<T>& before, Say say) {
  for (const auto& item : now) {
    if (std::find(before.begin(), before.end(), item) == before.end()) say(item);
  }
}

}  // namespace

Publisher::Publisher(const Parts& parts, const DevicePluginOptions& options) : parts_(parts), options_(options) {}

Status Publisher::Run(const std::stop_token& stop) {
  // Who held what before the agent started decides what is listed.
  parts_.grants.AwaitLoad(kAwaitGrants, stop);
  std::uint64_t seen = 0;
  const auto wait = std::min(kLookAgain, std::max(options_.leave_after / 2, std::chrono::milliseconds(1)));
  while (!stop.stop_requested()) {
    seen = parts_.feed.Next(seen, wait, stop).generation;
    // Without a scan nothing is known: an empty list would be a lie.
    const auto policy = parts_.offers.policy();
    if (seen == 0 || policy == nullptr) continue;
    Inputs inputs{policy, Look(), CollectHeldNow()};
    if (inputs == shown_ && !waits_) continue;
    MakePlan(*policy, inputs.held);
    Show();
    shown_ = std::move(inputs);
  }
  return {};
}

Publisher::Situation Publisher::Look() const {
  return {parts_.feed.Latest().inventory, parts_.holders.Latest(), parts_.grants.All()};
}

std::vector<HeldShare> Publisher::CollectHeldNow() const {
  // What is in flight goes on record before it lands, so it is looked at first.
  const auto in_flight = parts_.accountant.InFlight();
  const auto now = Look();
  auto held = CollectHeldShares(*now.inventory, now.grants, now.holdings(), in_flight, parts_.accountant.boot_id());
  auto elsewhere = parts_.offers.held_elsewhere();
  held.insert(held.end(), std::move_iterator(elsewhere.begin()), std::move_iterator(elsewhere.end()));
  return held;
}

// Where the kernel does not tell, such a place is as far as can be.
std::map<int, int> Publisher::NumaOfCpus(const Policy& policy) const {
  if (!AsksForACpu(policy)) return {};
  auto nodes = ReadCpuNodes(parts_.host);
  return nodes ? *std::move(nodes) : std::map<int, int>();
}

// An Allocate that has looked at the plan before is found when the holders are
// looked at once more after the plan is changed; later ones see the new plan.
void Publisher::MakePlan(const Policy& policy, std::vector<HeldShare> held) {
  for (int round = 0; round < kMostRounds; ++round) {
    const auto inventory = parts_.feed.Latest().inventory;
    parts_.offers.Publish(BuildOffers({*inventory, policy, held, NumaOfCpus(policy)}));
    auto again = CollectHeldNow();
    if (again == held) return;
    held = std::move(again);
  }
}

void Publisher::Show() {
  const auto now = Look();
  const auto plan = parts_.offers.Newest().plan;
  const auto& boot_id = parts_.accountant.boot_id();
  const auto held = CollectHeld(*now.inventory, now.grants, now.holdings(), boot_id);
  const auto taken = FindTaken(*now.inventory, now.grants, now.holdings(), boot_id);
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
    auto devices = ShowResource(name, resource, now, DevicesOf(*now.inventory, *plan, name, taken), held);
    waits = waits || resource.listing.waits();
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
  SayNew(plan.empty, announced_.empty,
         [](const std::string& resource) { Log(kInfo, "offer selects nothing here", {{"resource", resource}}); });
  announced_ = plan;
}

}  // namespace nacelle

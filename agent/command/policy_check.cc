// SPDX-License-Identifier: Apache-2.0
#include "agent/command/policy_check.h"

#include <algorithm>

#include "core/base/printable.h"
#include "core/select/find.h"
#include "core/select/target.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {
namespace {

// What would come closest to a query that nothing answers.
std::string Closest(const Query& query, const MachineView& machine) {
  FindOptions options;
  options.limit = 1;
  options.numa_of_cpu = machine.numa_of_cpu;
  options.candidates.all = true;
  const auto result = Find(machine.inventory, query, options);
  if (!result.miss) return "  nothing left: earlier offers have what it selects, or it is hidden\n";
  std::string text = "  nothing here: " + result.miss->message + "\n";
  if (result.miss->closest_query) text += "  closest: " + Print(*result.miss->closest_query) + "\n";
  return text;
}

// What makes an offer's order mean nothing here.
std::string PlaceNote(const Query& query, const MachineView& machine) {
  if (query.relation.kind != Relation::Kind::kNear) return {};
  const auto missing = Missing(machine.inventory, query.relation.place, machine.numa_of_cpu);
  return missing ? "  note: " + *missing + "\n" : "";
}

std::string Describe(const OfferedQueue& offered, const Inventory& inventory) {
  std::string text = "  " + offered.queue;
  if (offered.shares > 1) text += ", " + std::to_string(offered.shares) + " shares";
  const auto health = EffectiveHealth(FindQueue(inventory, offered.queue));
  return text + (health.healthy ? "\n" : ", unhealthy: " + Printable(health.reason) + "\n");
}

std::string Describe(const OfferedTuple& tuple) {
  std::string text = "  " + tuple.id + ":";
  for (const auto& queue : tuple.queues) text += ' ' + queue;
  return text + (tuple.shares > 1 ? ", " + std::to_string(tuple.shares) + " shares\n" : "\n");
}

std::string Describe(const Offer& offer, const std::string& query, const Inventory& inventory) {
  std::size_t devices = 0;
  for (const auto& queue : offer.queues) devices += DeviceIds(queue).size();
  for (const auto& tuple : offer.tuples) devices += DeviceIds(tuple).size();
  std::string text = offer.resource + ": " + std::to_string(devices) + (devices == 1 ? " device" : " devices") +
                     (offer.route == Route::kDra ? " through DRA" : "") + (query.empty() ? "" : ": " + query) + "\n";
  for (const auto& queue : offer.queues) text += Describe(queue, inventory);
  for (const auto& tuple : offer.tuples) text += Describe(tuple);
  return text;
}

std::string List(const std::string& title, const std::vector<Problem>& problems) {
  std::string text = problems.empty() ? "" : title + "\n";
  for (const auto& problem : problems) text += "  " + Printable(problem.object + ": " + problem.message) + "\n";
  return text;
}

bool IsOfPolicy(const Policy& policy, const Offer& offer) {
  return std::any_of(policy.offers.begin(), policy.offers.end(),
                     [&](const PolicyOffer& candidate) { return ResourceName(candidate) == offer.resource; });
}

}  // namespace

std::string DescribePolicy(const Policy& policy, const MachineView& machine) {
  const auto plan = BuildOffers({machine.inventory, policy, {}, machine.numa_of_cpu});
  std::string text;
  for (const auto& offer : policy.offers) {
    const auto resource = ResourceName(offer);
    const auto query = Print(offer.find);
    const auto* found = FindOffer(plan, resource, offer.through);
    text += found != nullptr ? Describe(*found, query, machine.inventory)
                             : resource + ": 0 devices: " + query + "\n" + Closest(offer.find, machine);
    if (found != nullptr) text += PlaceNote(offer.find, machine);
  }
  for (const auto& offer : plan.offers) {
    if (!IsOfPolicy(policy, offer)) text += Describe(offer, "", machine.inventory);
  }
  return text + List("hidden:", plan.hidden) + List("problems:", plan.problems);
}

}  // namespace nacelle

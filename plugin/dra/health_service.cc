// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/health_service.h"

#include <algorithm>
#include <ctime>
#include <map>
#include <utility>

#include "plugin/dra/slice_device.h"
#include "plugin/grant/resolve.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

// How long it takes at most to notice that the kubelet left, or that a claim
// has a device that is gone.
constexpr std::chrono::milliseconds kLookAgain{500};

// All that the reports follow from, by generation.
struct Basis {
  std::uint64_t inventory = 0;
  std::uint64_t offers = 0;
  std::uint64_t claims = 0;

  bool operator==(const Basis&) const = default;
};

}  // namespace

std::vector<DeviceHealthReport> ReportHealth(const Inventory& inventory, const OfferPlan& plan,
                                             const std::vector<PreparedClaim>& claims) {
  auto health = HealthOfDevices(inventory, plan);
  for (const auto& claim : claims) {
    for (const auto& device : claim.devices) {
      auto& known = health.try_emplace(device.allocated.device, Health{false, "gone"}).first->second;
      const auto& queues = device.grant.queues;
      const bool same = std::all_of(queues.begin(), queues.end(), [&](const auto& queue) { return IsSame(inventory, queue); });
      if (known.healthy && !same) known = {false, "no longer what its claim was given"};
    }
  }
  std::vector<DeviceHealthReport> reports;
  for (auto& [device, state] : health) reports.push_back({device, std::move(state)});
  return reports;
}

v1::NodeWatchResourcesResponse HealthService::ToMessage(const std::vector<DeviceHealthReport>& reports) const {
  v1::NodeWatchResourcesResponse message;
  // Several repetitions may be lost before the news is too old.
  const auto timeout = std::chrono::duration_cast<std::chrono::seconds>(4 * parts_.repeat).count();
  for (const auto& report : reports) {
    auto& device = *message.add_devices();
    device.mutable_device()->set_pool_name(parts_.node);
    device.mutable_device()->set_device_name(report.device);
    device.set_health(report.health.healthy ? v1::HEALTHY : v1::UNHEALTHY);
    device.set_last_updated_time(std::time(nullptr));
    device.set_health_check_timeout_seconds(std::max<std::int64_t>(timeout, 1));
    device.set_message(report.health.reason);
  }
  return message;
}

grpc::Status HealthService::NodeWatchResources(grpc::ServerContext* context, const v1::NodeWatchResourcesRequest*,
                                               grpc::ServerWriter<v1::NodeWatchResourcesResponse>* out) {
  const auto stop = stop_.get_token();
  std::optional<Basis> seen;
  std::vector<DeviceHealthReport> told;
  steady_clock::time_point due;
  while (!context->IsCancelled() && !stop.stop_requested()) {
    const auto snapshot = parts_.feed.Next(seen ? seen->inventory : 0, kLookAgain, stop);
    if (snapshot.generation == 0) continue;
    const auto offered = parts_.offers.Newest();
    const Basis basis{snapshot.generation, offered.generation, parts_.store.changes()};
    const bool repeats = steady_clock::now() >= due;
    if (seen == basis && !repeats) continue;
    seen = basis;
    auto reports = ReportHealth(*snapshot.inventory, *offered.plan, parts_.store.All());
    if (reports == told && !repeats) continue;
    if (!out->Write(ToMessage(reports))) break;
    told = std::move(reports);
    due = steady_clock::now() + parts_.repeat;
  }
  return grpc::Status::OK;
}

}  // namespace nacelle

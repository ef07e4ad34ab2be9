// SPDX-License-Identifier: Apache-2.0
#include "agent/command/node_object.h"

#include <utility>

#include "agent/command/holdings.h"
#include "core/base/run_group.h"
#include "core/model/resource_name.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

// The kubelet answers at most 100 Lists a second, of all who ask.
constexpr std::chrono::milliseconds kListGap{5'000};
constexpr std::chrono::milliseconds kListLimit{2'000};

}  // namespace

NodeObject::NodeObject(const RunOptions& options, ApiClient& api, const InventoryFeed& feed, DevicePlugins& plugins,
                       PolicyKeeper& policy, std::function<Health()> claims_ready)
    : plugins_(plugins),
      feed_(feed),
      policy_(policy),
      claims_ready_(std::move(claims_ready)),
      pod_resources_(PodResourcesSocket(options.kubelet_dir), options.pod),
      publisher_({api, feed, options.node, [this] { return View(); },
                  [&policy](const std::optional<std::string>& text) { policy.TellCluster(text); },
                  [&policy](const std::string& text) { return policy.VerdictOf(text); },
                  [&policy] { policy.TellClusterSilent(); }},
                 {}) {}

Status NodeObject::Run(const std::stop_token& stop) {
  RunGroup threads;
  const std::stop_callback end(stop, [&threads] { threads.Stop(); });
  threads.Start("node-watch", [this](const std::stop_token& s) { return publisher_.RunWatch(s); });
  threads.Start("node-publish", [this](const std::stop_token& s) { return publisher_.Run(s); });
  return threads.Wait();
}

NodeView NodeObject::View() {
  NodeView view;
  const auto offered = plugins_.offers().Newest();
  view.no_policy = offered.generation == 0 && policy_.has_none();
  if (offered.generation == 0 && !view.no_policy) return view;
  view.inventory = feed_.Latest().inventory;
  if (!view.no_policy) {
    view.offers = offered.plan->offers;
    view.empty = offered.plan->empty;
    view.hidden = offered.plan->hidden;
    view.problems = offered.plan->problems;
  }
  view.grant_via = policy_.grant_via();
  AskHolders();
  view.holdings = HoldingsOf(holders_, plugins_.offers().held_elsewhere());
  view.ready = plugins_.ready();
  view.claims_ready = claims_ready_();
  return view;
}

// A kubelet that does not answer changes nothing of what is known.
void NodeObject::AskHolders() {
  const auto now = steady_clock::now();
  if (now - listed_ < kListGap) return;
  listed_ = now;
  auto listed = pod_resources_.ListAll(std::string(kResourceDomain), kListLimit, {});
  if (!listed) return;
  holders_ = *std::move(listed);
  two_doors_.Note(CheckDoors(holders_));
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/dra_plugin.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <utility>

#include "core/base/boot_id.h"
#include "core/base/folder_watch.h"
#include "core/base/log.h"
#include "core/base/run_group.h"
#include "core/base/wakeup.h"
#include "core/kube/back_off.h"
#include "plugin/device_plugin/socket_name.h"
#include "plugin/device_plugin/unix_server.h"
#include "plugin/dra/claim_audit.h"
#include "plugin/dra/claim_preparer.h"
#include "plugin/dra/claim_reader.h"
#include "plugin/dra/claim_status.h"
#include "plugin/dra/dra_service.h"
#include "plugin/dra/health_service.h"
#include "plugin/dra/registration_service.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

// Streams of health: one of each kubelet, and those that have just ended.
constexpr int kMaxThreads = 8;
// So many claims are read from the API server at once, or wait for the disk, which
// makes all that wait durable together.
constexpr std::size_t kPreparing = 16;
constexpr std::size_t kUnpreparing = 2;
constexpr std::chrono::hours kLongestWait{24};

fs::path SocketOf(const DraOptions& options) { return options.kubelet_dir / "plugins_registry" / "nacelle.dev-reg.sock"; }

// Returns when no socket is there any more. `look`: how often that is looked at
// where inotify has no watch left.
void WaitWhileThere(const fs::path& socket, FolderWatch& folder, std::chrono::milliseconds look, const std::stop_token& stop) {
  std::error_code code;
  for (folder.Rearm(); fs::is_socket(socket, code) && !stop.stop_requested(); folder.Rearm()) {
    if (folder.fd() < 0 || !WaitReadable(std::array{folder.fd()}, kLongestWait, stop)) Pause(look, stop);
  }
}

}  // namespace

struct DraPlugin::Parts {
  Parts(ApiClient& api, const InventoryFeed& feed, OfferBook& offers, const HostRoot& host, const DraOptions& given,
        Metrics& all_metrics)
      : options(given),
        metrics(all_metrics),
        store(given.state_dir, given.run_dir, CdiFolder(given.cdi_dir, "claim"), ReadBootId()),
        reader(api, given.node),
        status({api, feed, reader, store, metrics, given.status_retry_first, given.status_retry_most}),
        preparer({feed, offers, host, store, disk, given.disk_limit}),
        audit({reader, store, preparer, PodResources(PodResourcesSocket(given.kubelet_dir), given.own_pod), given.audit, given.audit_gap,
               given.unused}),
        book(offers),
        slices({api, feed, offers, metrics, given.node, [this] { return Serving(); }}, given.slices),
        service({reader, preparer, store, audit, status, metrics, prepares, unprepares, given.call_limit}),
        health({feed, offers, store, given.node, given.repeat_health}),
        registration(metrics) {}

  // Claims that cannot be prepared are not to be scheduled here.
  SlicePublisher::Serving Serving() const {
    const auto now = serving.load();
    return now == SlicePublisher::Serving::kYes && !store.CheckKnown() ? SlicePublisher::Serving::kNo : now;
  }

  const DraOptions options;
  DraMetrics metrics;
  ClaimStore store;
  ClaimReader reader;
  ClaimStatusWriter status;
  ClaimPreparer preparer;
  ClaimAudit audit;
  std::atomic<SlicePublisher::Serving> serving{SlicePublisher::Serving::kNotYet};
  const OfferBook& book;
  SlicePublisher slices;
  DraService service;
  HealthService health;
  RegistrationService registration;
  // Last, so that its work ends before what the work uses.
  BoundedWorker disk{"dra-disk", BoundedWorker::Urgency::kAwaited};
  CallQueue prepares{"dra-prepare", kPreparing};
  CallQueue unprepares{"dra-unprepare", kUnpreparing};
};

DraPlugin::DraPlugin(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
DraPlugin::~DraPlugin() = default;

Result<std::unique_ptr<DraPlugin>> DraPlugin::Create(ApiClient& api, const InventoryFeed& feed, OfferBook& offers,
                                                     const HostRoot& host, const DraOptions& options, Metrics& metrics) {
  if (options.node.empty()) return Error(Code::kInvalid, "dynamic resource allocation needs the node's name: set NODE_NAME or --node");
  if (auto status = CheckSocketPath(SocketOf(options)); !status) return std::move(status).error().In("kubelet-dir");
  std::unique_ptr<DraPlugin> plugin(new DraPlugin(std::make_unique<Parts>(api, feed, offers, host, options, metrics)));
  // What fails is tried again, and told of, before anything is served.
  plugin->loaded_ = plugin->LoadClaims().ok();
  return plugin;
}

Status DraPlugin::Run(std::stop_token stop) {
  RunGroup threads;
  const std::stop_callback end(stop, [&threads] { threads.Stop(); });
  threads.Start("dra-slices", [this](const std::stop_token& s) { return parts_->slices.Run(s); });
  threads.Start("dra-watch", [this](const std::stop_token& s) { return parts_->slices.RunWatch(s); });
  threads.Start("dra-status", [this](const std::stop_token& s) { return parts_->status.Run(s); });
  threads.Start("dra-audit", [this](const std::stop_token& s) { return parts_->audit.Run(s); });
  threads.Start("dra-serve", [this](const std::stop_token& s) { return Serve(s); });
  return threads.Wait();
}

Health DraPlugin::ready() const {
  const auto plan = parts_->book.Newest().plan;
  const auto offer = std::ranges::find(plan->offers, Route::kDra, &Offer::route);
  if (offer == plan->offers.end()) return {};
  if (parts_->Serving() != SlicePublisher::Serving::kYes) return {false, offer->resource + ": claims cannot be served yet"};
  if (!parts_->registration.registered()) return {false, offer->resource + ": the DRA driver is not registered with the kubelet"};
  return parts_->slices.ready();
}

Status DraPlugin::LoadClaims() {
  const auto problems = parts_->preparer.Load();
  if (!problems) return Error(problems.error()).In("cannot read the claims");
  for (const auto& problem : *problems) {
    Log(kError, "what is left of a claim cannot be read or removed; what it may hold is given to nobody",
        {{"file", problem.object}, {"reason", problem.message}});
  }
  for (const auto& claim : parts_->store.All()) parts_->status.Write(claim.ref.uid);
  parts_->metrics.ShowClaims(parts_->store.size());
  return {};
}

// A checkpoint that cannot be read and a folder that is not there yet are
// waited for. Nothing is served before the checkpoint is known: what is
// prepared would look as if it was not.
std::unique_ptr<grpc::Server> DraPlugin::StartServer(const std::stop_token& stop) {
  std::string reported;
  while (!stop.stop_requested()) {
    const auto status = loaded_ ? Status() : LoadClaims();
    loaded_ = status.ok();
    auto started = loaded_ ? StartUnixServer(SocketOf(parts_->options), kMaxThreads, {&parts_->service, &parts_->health, &parts_->registration})
                           : Result<std::unique_ptr<grpc::Server>>(status.error());
    parts_->serving = started ? SlicePublisher::Serving::kYes : SlicePublisher::Serving::kNo;
    if (started) return *std::move(started);
    const auto& reason = started.error().message();
    if (reported != reason) Log(kWarning, "claims cannot be served yet", {{"reason", reason}});
    reported = reason;
    Pause(parts_->options.retry, stop);
  }
  return nullptr;
}

// Without its socket nobody finds the server, and the kubelet has given it up.
Status DraPlugin::Serve(const std::stop_token& stop) {
  const auto socket = SocketOf(parts_->options);
  FolderWatch folder(socket.parent_path());
  while (const auto server = StartServer(stop)) {
    WaitWhileThere(socket, folder, parts_->options.retry, stop);
    if (stop.stop_requested()) {
      parts_->service.Close();
      parts_->health.Close();
    } else {
      parts_->registration.Forget();
      Log(kWarning, "the socket for claims was removed, and is made anew", {{"socket", socket.native()}});
    }
    server->Shutdown(std::chrono::system_clock::now() + std::chrono::milliseconds(500));
    if (stop.stop_requested()) unlink(socket.c_str());
  }
  return {};
}

}  // namespace nacelle

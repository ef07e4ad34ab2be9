// SPDX-License-Identifier: Apache-2.0
#include "operator/control/run.h"

#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <utility>

#include "core/base/exit_limit.h"
#include "core/base/run_group.h"
#include "core/base/unique_fd.h"
#include "core/base/wakeup.h"
#include "core/http/server.h"
#include "core/kube/cluster_client.h"
#include "core/kube/object_watch.h"

namespace nacelle {
namespace {

// Below the time that a pod has to end.
constexpr std::chrono::seconds kShutdown{8};

struct Watched {
  const char* thread;
  Collection collection;
  std::string path;
};

Result<UniqueFd> CatchSignals() {
  signal(SIGPIPE, SIG_IGN);
  sigset_t caught;
  sigemptyset(&caught);
  for (const int number : {SIGTERM, SIGINT}) sigaddset(&caught, number);
  if (sigprocmask(SIG_BLOCK, &caught, nullptr) != 0) return ErrnoError(errno, "sigprocmask");
  UniqueFd fd(signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return ErrnoError(errno, "signalfd");
  return fd;
}

Status AwaitSignal(int fd, const std::stop_token& stop) {
  const std::array<int, 1> fds = {fd};
  auto woken = Woken::kTimeout;
  while (woken == Woken::kTimeout) {
    const auto result = WaitReadable(fds, std::chrono::hours(24), stop);
    if (!result) return result.error();
    woken = *result;
  }
  LimitExit(kShutdown);
  return {};
}

Status RunWatch(ApiClient& api, ClusterState& state, const Watched& watched, const std::stop_token& stop) {
  const auto collection = watched.collection;
  ObjectWatchOptions options;
  options.keep = [collection](const json::Value& object) { return ClusterState::Keep(collection, object); };
  options.on_object = [&](const std::string& name, const json::Value* object) { state.Change(collection, name, object); };
  options.on_failure = [&](const Error& error) {
    if (error.code() == Code::kNotFound || error.code() == Code::kDenied) state.NoteAbsent(collection);
  };
  ObjectWatch watch(api, watched.path, {}, [&](const auto& objects) { state.Replace(collection, objects); }, options);
  return watch.Run(stop);
}

HttpServer::Handlers MakeHandlers(const ClusterState& state, const Metrics& metrics) {
  HttpServer::Handlers handlers;
  handlers.healthz = [] { return HttpAnswer{200, "ok\n"}; };
  handlers.readyz = [&state] {
    return state.View() ? HttpAnswer{200, "ok\n"} : HttpAnswer{503, "the cluster has not been listed yet\n"};
  };
  handlers.metrics = [&metrics] { return HttpAnswer{200, metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"}; };
  return handlers;
}

}  // namespace

Status RunOperator(const OperatorOptions& options) {
  // Else each watch keeps the free memory of its first list for itself.
  mallopt(M_ARENA_MAX, 2);
  const auto signals = CatchSignals();
  if (!signals) return signals.error();
  Metrics metrics;
  ClusterState state;
  ClusterClient api(options.access);
  LeaseKeeper lease(api, options.lease);
  Reconciler reconciler(api, state, [&lease] { return lease.leads(); }, metrics, options.reconciler);
  std::optional<HttpServer> http;
  if (!options.listen.empty()) {
    auto server = HttpServer::Create(options.listen, MakeHandlers(state, metrics));
    if (!server) return std::move(server).error().In("--listen " + options.listen);
    http = *std::move(server);
  }
  const std::array<Watched, 4> all = {{{"policies", Collection::kPolicies, std::string(crd::kPolicies)},
                                       {"nodes", Collection::kNodes, "/api/v1/nodes"},
                                       {"objects", Collection::kObjects, std::string(crd::kNodes)},
                                       {"classes", Collection::kClasses, "/apis/resource.k8s.io/v1/deviceclasses"}}};
  RunGroup group;
  for (const auto& watched : all) {
    group.Start(watched.thread, [&](const std::stop_token& stop) { return RunWatch(api, state, watched, stop); });
  }
  group.Start("lease", [&](const std::stop_token& stop) { return lease.Run(stop); });
  group.Start("reconciler", [&](const std::stop_token& stop) { return reconciler.Run(stop); });
  group.Start("signals", [&](const std::stop_token& stop) { return AwaitSignal(signals->get(), stop); });
  return group.Wait();
}

}  // namespace nacelle

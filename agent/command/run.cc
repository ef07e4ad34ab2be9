// SPDX-License-Identifier: Apache-2.0
#include "agent/command/run.h"

#include <malloc.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <initializer_list>
#include <optional>
#include <utility>
#include <vector>

#include "agent/command/cluster_side.h"
#include "agent/command/instance_record.h"
#include "agent/command/machine_root.h"
#include "agent/command/node_object.h"
#include "agent/command/policy_keeper.h"
#include "agent/command/state_lock.h"
#include "agent/discovery/scanner.h"
#include "agent/probe/builtin_probes.h"
#include "core/base/boot_id.h"
#include "core/base/clock.h"
#include "core/base/exit_limit.h"
#include "core/base/file_limit.h"
#include "core/base/log.h"
#include "core/base/run_group.h"
#include "core/base/wakeup.h"
#include "core/config/hardware_file.h"
#include "core/http/server.h"

namespace nacelle {
namespace {

// Below the 10 s that the DaemonSet gives the pod to end.
constexpr std::chrono::seconds kShutdown{5};

sigset_t SetOf(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (const int number : numbers) sigaddset(&set, number);
  return set;
}

// SIGHUP waits for AnswerSignals, however early it comes. What is to end the agent does
// so at once until CatchSignals: another agent may be waited for before.
void HoldHangup() {
  const auto hangup = SetOf({SIGHUP});
  sigprocmask(SIG_BLOCK, &hangup, nullptr);
}

void SetUpProcess() {
  // Else each of the twenty threads, most of them gRPC's and idle, keeps free memory of its own.
  mallopt(M_ARENA_MAX, 2);
  // What containers are shown they must be able to read, whatever users they have.
  umask(022);
  RaiseFileLimit();
}

// Blocks the signals that the agent answers to, in this thread and all that it
// starts.
Result<UniqueFd> CatchSignals() {
  signal(SIGPIPE, SIG_IGN);
  const auto caught = SetOf({SIGTERM, SIGINT, SIGHUP});
  if (sigprocmask(SIG_BLOCK, &caught, nullptr) != 0) return ErrnoError(errno, "sigprocmask");
  UniqueFd fd(signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!fd) return ErrnoError(errno, "signalfd");
  return fd;
}

// SIGHUP reads the machine again; any other returns, which ends the whole group.
Status AnswerSignals(int fd, Scanner& scanner, const std::stop_token& stop) {
  const std::array<int, 1> fds = {fd};
  while (true) {
    const auto woken = WaitReadable(fds, std::chrono::hours(24), stop);
    if (!woken) return woken.error();
    if (*woken == Woken::kStopped) return {};
    signalfd_siginfo info{};
    if (read(fd, &info, sizeof(info)) != sizeof(info)) continue;
    if (info.ssi_signo != SIGHUP) {
      LimitExit(kShutdown);
      return {};
    }
    scanner.LookAgain();
  }
}

std::optional<UeventSocket> OpenUevents() {
  auto socket = UeventSocket::Open();
  if (socket) return *std::move(socket);
  Log(kWarning, "no uevents; the machine is read on an interval only", {{"reason", socket.error().message()}});
  return std::nullopt;
}

// A scan that is so late hangs in a read that never returns; only a new process
// helps then.
HttpAnswer AnswerHealthz(const Scanner& scanner) {
  constexpr std::chrono::seconds kLate{60};
  const auto since = scanner.SinceScan();
  if (since <= scanner.options().rescan + kLate) return {200, "ok\n"};
  return {503, "no scan has ended for " + std::to_string(since.count() / 1000) + " s\n"};
}

// Whether pods can get what is offered, by either way.
Health ReadyOf(const DevicePlugins& plugins, const ClusterSide* cluster) {
  auto ready = plugins.ready();
  return ready.healthy && cluster != nullptr ? cluster->ready() : ready;
}

HttpServer::Handlers MakeHandlers(const Scanner& scanner, const DevicePlugins& plugins, const ClusterSide* cluster, const Metrics& metrics) {
  HttpServer::Handlers handlers;
  handlers.healthz = [&scanner] { return AnswerHealthz(scanner); };
  handlers.readyz = [&plugins, cluster] {
    const auto ready = ReadyOf(plugins, cluster);
    return ready.healthy ? HttpAnswer{200, "ok\n"} : HttpAnswer{503, ready.reason + "\n"};
  };
  handlers.metrics = [&metrics] {
    return HttpAnswer{200, metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"};
  };
  return handlers;
}

// None where `address` is empty.
Result<std::optional<HttpServer>> Listen(const std::string& address, HttpServer::Handlers handlers) {
  if (address.empty()) return std::optional<HttpServer>();
  auto server = HttpServer::Create(address, std::move(handlers));
  if (!server) return std::move(server).error().In("--listen " + address);
  return std::optional<HttpServer>(*std::move(server));
}

// Whether there is a policy to wait for: of a file, or of the cluster.
bool KeepsPolicy(const RunOptions& options) {
  return !options.policy.empty() || !options.kube_api.empty() || InClusterAccess().has_value();
}

DevicePluginOptions PluginOptions(const RunOptions& options) {
  DevicePluginOptions plugin;
  plugin.kubelet_dir = options.kubelet_dir;
  plugin.own_pod = options.pod;
  plugin.state_dir = options.state_dir;
  plugin.cdi_dir = options.cdi_dir;
  plugin.route = options.route;
  // The keeper decides; without one the default is in force at once.
  if (KeepsPolicy(options)) plugin.policy.reset();
  return plugin;
}

ScannerOptions ScannerOptionsOf(const RescanSettings& rescan) { return {rescan.debounce, rescan.all, rescan.fpga}; }

void WarnOfDra(const Policy& policy) {
  for (const auto& offer : policy.offers) {
    if (offer.through != Route::kDra) continue;
    Log(kWarning, "an offer goes through DRA, and no API server is configured", {{"offer", offer.name}});
  }
}

using Duty = std::pair<std::string, RunGroup::Body>;

// What only one agent of a node does: until `stop`, or till another is to follow. Then
// the kubelet keeps what it was told, until it was told by the other.
Status Reign(StateLock& lock, const std::vector<Duty>& duties, const std::stop_token& stop) {
  {
    RunGroup group;
    const std::stop_callback end(stop, [&group] { group.Stop(); });
    for (const auto& [name, duty] : duties) group.Start(name, duty);
    group.Start("lock", [&lock](const std::stop_token& s) { return lock.AwaitRequest(s); });
    auto status = group.Wait();
    if (!status || stop.stop_requested()) return status;
  }
  Log(kInfo, "another agent takes over");
  lock.Release();
  return lock.AwaitAbandoned(stop);
}

}  // namespace

Result<RegistrationRoute> ParseRoute(const std::string& name) {
  if (name == "kubelet-socket") return RegistrationRoute::kKubeletSocket;
  if (name == "plugins-registry") return RegistrationRoute::kPluginsRegistry;
  return Error(Code::kInvalid, "--registration: no such route: " + name);
}

Status RunAgent(const RunOptions& options) {
  HoldHangup();
  SetUpProcess();
  const auto machine = MachineRoot::Open(options.root);
  if (!machine) return machine.error();
  const HostRoot host(machine->prefix());
  const TopologyLoader topology(machine->prefix());
  const auto hardware = LoadHardware(options.hardware);
  if (!hardware) return Error(hardware.error()).In("--hardware");
  // Not before it is known that this one can run.
  const auto lock = StateLock::Take(options.state_dir, options.take_over, {});
  if (!lock) return lock.error();
  const auto signals = CatchSignals();
  if (!signals) return signals.error();
  const auto probes = BuiltinProbes(*hardware);
  const SteadyClock clock;
  Metrics metrics;
  InventoryFeed feed;
  FactReader reader(host, topology, probes, *hardware, options.node);
  const auto boot_id = ReadBootId();
  const auto instances = options.state_dir + "/instances.json";
  InstanceKeeper keeper(instances, boot_id);
  const auto keep = [&](const Inventory& seen) { if ((*lock)->held()) keeper.Keep(seen); };
  Scanner scanner(reader, OpenUevents(), feed, metrics, {}, {LoadInstances(instances, boot_id), keep});
  auto plugins = DevicePlugins::Create(feed, host, PluginOptions(options), metrics, clock);
  if (!plugins) return plugins.error();
  auto cluster = ClusterSide::Create(options, feed, (*plugins)->offers(), host, metrics);
  if (!cluster) return std::move(cluster).error();

  const auto http = Listen(options.listen, MakeHandlers(scanner, **plugins, cluster->get(), metrics));
  if (!http) return http.error();
  std::optional<PolicyKeeper> policy;
  if (KeepsPolicy(options)) {
    PolicyKeeper::Parts parts{options.policy, options.state_dir + "/policy.yaml", feed, host, metrics,
                              [&](const Policy& adopted) {
                                if (!*cluster) WarnOfDra(adopted);
                                scanner.SetOptions(ScannerOptionsOf(adopted.rescan));
                                (*plugins)->SetPolicy(adopted);
                              }};
    parts.await_cluster = *cluster != nullptr;
    policy.emplace(std::move(parts));
  }
  std::optional<NodeObject> object;
  if (*cluster) object.emplace(options, (*cluster)->api(), feed, **plugins, *policy, [&] { return (*cluster)->ready(); });
  std::vector<Duty> duties = {{"device-plugins", [&](const std::stop_token& stop) { return (*plugins)->Decide(stop); }}};
  if (policy) duties.emplace_back("policy", [&](const std::stop_token& stop) { return policy->Run(stop); });
  if (*cluster) duties.emplace_back("cluster", [&](std::stop_token stop) { return (*cluster)->Run(std::move(stop)); });
  if (object) duties.emplace_back("node-object", [&](const std::stop_token& stop) { return object->Run(stop); });
  RunGroup group;
  group.Start("scanner", [&](std::stop_token stop) { return scanner.Run(std::move(stop)); });
  group.Start("dp-register", [&](const std::stop_token& stop) { return (*plugins)->Serve(stop); });
  group.Start("signals", [&](const std::stop_token& stop) { return AnswerSignals(signals->get(), scanner, stop); });
  const auto reigned = Reign(**lock, duties, group.stop_token());
  group.Stop();
  const auto ended = group.Wait();
  return reigned ? ended : reigned;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_kubelet.h"

#include <algorithm>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "core/base/files.h"
#include "core/model/resource_name.h"

namespace nacelle {
namespace fs = std::filesystem;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

class ContractKubelet::RegistrationService final : public v1beta1::Registration::Service {
 public:
  explicit RegistrationService(ContractKubelet& kubelet) : kubelet_(kubelet) {}

  grpc::Status Register(grpc::ServerContext* context, const v1beta1::RegisterRequest* request,
                        v1beta1::Empty*) override {
    kubelet_.CountRegisterCall();
    while (kubelet_.faults().never_answer_register == request->resource_name() && !context->IsCancelled()) {
      std::this_thread::sleep_for(milliseconds(1));
    }
    if (kubelet_.faults().refuse_register) return {grpc::UNKNOWN, "the contract kubelet refuses"};
    const auto status = kubelet_.Register(request->version(), request->endpoint(), request->resource_name());
    return status ? grpc::Status::OK : grpc::Status(grpc::UNKNOWN, status.error().message());
  }

 private:
  ContractKubelet& kubelet_;
};

namespace {

void RemoveSockets(const fs::path& folder) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    if (entry.is_socket()) fs::remove(entry.path());
  }
}

std::unique_ptr<grpc::Server> Serve(const fs::path& socket, grpc::Service& service) {
  fs::remove(socket);
  grpc::ServerBuilder builder;
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.AddListeningPort("unix:" + socket.native(), grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  return builder.BuildAndStart();
}

void End(std::unique_ptr<grpc::Server>& server) {
  if (server) server->Shutdown(std::chrono::system_clock::now());
  server.reset();
}

}  // namespace

ContractKubelet::ContractKubelet(fs::path folder, milliseconds leave_after)
    : folder_(std::move(folder)),
      registration_(std::make_unique<RegistrationService>(*this)),
      checks_(leave_after) {
  for (const auto* name : {"device-plugins", "plugins_registry", "pod-resources"}) {
    fs::create_directories(folder_ / name);
  }
}

ContractKubelet::~ContractKubelet() { Stop(); }

void ContractKubelet::Start() {
  RemoveSockets(folder_ / "device-plugins");
  pod_resources_server_ = Serve(folder_ / "pod-resources" / "kubelet.sock", pod_resources_);
  server_ = Serve(folder_ / "device-plugins" / "kubelet.sock", *registration_);
  watcher_ = std::jthread([this](const std::stop_token& stop) { WatchPlugins(stop); });
}

void ContractKubelet::Stop() {
  watcher_ = {};
  End(server_);
  End(pod_resources_server_);
  DropConnections();
}

void ContractKubelet::DropConnections() {
  std::vector<Connection> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(former_);
    for (auto& [resource, connection] : connections_) dropped.push_back(std::move(connection));
    connections_.clear();
  }
}

KubeletFaults ContractKubelet::faults() const {
  const std::lock_guard lock(mutex_);
  return faults_;
}

void ContractKubelet::SetFaults(const KubeletFaults& faults) {
  const std::lock_guard lock(mutex_);
  faults_ = faults;
}

Status ContractKubelet::Register(const std::string& version, const std::string& endpoint,
                                 const std::string& resource) {
  if (version != "v1beta1") return Error(Code::kInvalid, "unsupported API version " + version);
  if (auto status = CheckResourceName(resource); !status) {
    Note([&](ListChecks& checks) { checks.Add("registered: " + status.error().message()); });
    return std::move(status).error().In("the ResourceName is invalid");
  }
  if (endpoint.empty() || endpoint.find('/') != std::string::npos) {
    Note([&](ListChecks& checks) { checks.Add("endpoint '" + endpoint + "' is no file name"); });
  }
  return Connect(folder_ / "device-plugins" / endpoint, resource);
}

Status ContractKubelet::Connect(const fs::path& socket, const std::string& resource) {
  {
    const std::lock_guard lock(mutex_);
    // The kubelet never uses a path again on which it met a living stream.
    if (!used_sockets_.insert(socket).second) {
      checks_.Add("socket " + socket.native() + " was registered twice");
      return Error(Code::kConflict, "already connected");
    }
    const auto old = connections_.find(resource);
    if (old != connections_.end() && old->second->live() && !faults_.expect_overlap) {
      checks_.Add(resource + ": registered while the old stream lives");
    }
  }
  auto connection = PluginConnection::Dial(socket, resource);
  if (!connection) return std::move(connection).error();
  if (!(*connection)->options().pre_start_required()) {
    Note([](ListChecks& checks) { checks.Add("pre_start_required is false"); });
  }
  Adopt(std::move(*connection));
  return {};
}

void ContractKubelet::Adopt(const Connection& connection) {
  bool listen = false;
  {
    const std::lock_guard lock(mutex_);
    auto& current = connections_[connection->resource()];
    if (current) former_.push_back(std::move(current));
    current = connection;
    ++registrations_;
    listen = !faults_.never_listen;
  }
  if (listen) connection->Listen([this](const auto& changed, bool ended) { OnChange(changed, ended); });
  changed_.notify_all();
}

void ContractKubelet::OnChange(const PluginConnection& connection, bool ended) {
  const auto held = pods_.Held(connection.resource());
  Connection victim;
  {
    const std::lock_guard lock(mutex_);
    const auto current = connections_.find(connection.resource());
    const bool is_current = current != connections_.end() && current->second.get() == &connection;
    if (!ended) checks_.See(connection.resource(), connection.devices(), held, steady_clock::now());
    if (ended && !is_current && faults_.old_client_race && current != connections_.end()) victim = current->second;
  }
  if (victim) victim->Cut();
  if (!ended) WriteRecord();
  changed_.notify_all();
}

void ContractKubelet::WriteRecord() const {
  const std::lock_guard lock(mutex_);
  (void)ReplaceFile(folder_ / "device-plugins" / "kubelet_internal_checkpoint", pods_.Record());
}

Result<ContractKubelet::Connection> ContractKubelet::Find(const std::string& resource) const {
  const std::lock_guard lock(mutex_);
  const auto it = connections_.find(resource);
  if (it == connections_.end()) return Error(Code::kUnavailable, "endpoint not found for " + resource);
  return it->second;
}

std::set<std::string> ContractKubelet::Resources() const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> resources;
  for (const auto& [resource, connection] : connections_) {
    if (connection->live()) resources.insert(resource);
  }
  return resources;
}

ToldDevices ContractKubelet::Devices(const std::string& resource) const {
  const auto connection = Find(resource);
  return connection ? (*connection)->devices() : ToldDevices();
}

std::size_t ContractKubelet::Messages(const std::string& resource) const {
  const auto connection = Find(resource);
  return connection ? (*connection)->messages() : 0;
}

void ContractKubelet::CountRegisterCall() {
  const std::lock_guard lock(mutex_);
  ++register_calls_;
}

std::size_t ContractKubelet::RegisterCalls() const {
  const std::lock_guard lock(mutex_);
  return register_calls_;
}

std::size_t ContractKubelet::Registrations() const {
  const std::lock_guard lock(mutex_);
  return registrations_;
}

fs::path ContractKubelet::Socket(const std::string& resource) const {
  const auto connection = Find(resource);
  return connection ? (*connection)->socket() : fs::path();
}

void ContractKubelet::CutStream(const std::string& resource) {
  if (const auto connection = Find(resource)) (*connection)->Cut();
}

bool ContractKubelet::Wait(const std::function<bool()>& condition, milliseconds limit) const {
  const auto deadline = steady_clock::now() + limit;
  std::unique_lock lock(mutex_);
  while (true) {
    lock.unlock();
    const bool holds = condition();
    lock.lock();
    if (holds || steady_clock::now() >= deadline) return holds;
    // Conditions may look at what changes without a message, too.
    changed_.wait_for(lock, milliseconds(2));
  }
}

bool ContractKubelet::WaitForHealthy(const std::string& resource, const std::set<std::string>& healthy) const {
  return Wait([&] {
    std::set<std::string> now;
    for (const auto& [id, device] : Devices(resource)) {
      if (device.healthy) now.insert(id);
    }
    return now == healthy;
  });
}

std::vector<std::string> ContractKubelet::violations() const {
  const std::lock_guard lock(mutex_);
  return checks_.violations();
}

void ContractKubelet::Note(const std::function<void(ListChecks&)>& change) const {
  const std::lock_guard lock(mutex_);
  change(checks_);
}

}  // namespace nacelle

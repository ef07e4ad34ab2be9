// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/base/result.h"
#include "tests/support/contract_kubelet_checks.h"
#include "tests/support/contract_kubelet_plugin.h"
#include "tests/support/contract_kubelet_pods.h"

namespace nacelle {

// What a container would get, as the kubelet hands it to the runtime.
struct StartedContainer {
  std::vector<std::string> nodes;               // sorted
  std::map<std::string, std::string> mounts;    // container path → host path
  std::map<std::string, std::string> variables;
};

// What the contract kubelet does wrong, on demand.
struct KubeletFaults {
  bool refuse_register = false;
  std::string never_answer_register = {};  // which resource's; empty: none
  bool never_listen = false;  // registers, but opens no stream
  // Kubelets before k/k#135437: the end of an old stream disconnects the
  // newer client of the resource.
  bool old_client_race = false;
  // No fault: a newer instance of the plugin follows one whose stream lives.
  bool expect_overlap = false;
};

// A kubelet as far as a device plugin can tell: Registration with dial back,
// ListAndWatch, GetPreferredAllocation, Allocate, PreStartContainer,
// PodResources and the plugin watcher, in a folder of the caller's. It notes
// every breach of the contract in violations(). Any thread.
class ContractKubelet {
 public:
  // `leave_after`: how long an id must have been Unhealthy before it may go.
  explicit ContractKubelet(std::filesystem::path folder, std::chrono::milliseconds leave_after = {});
  ~ContractKubelet();
  ContractKubelet(const ContractKubelet&) = delete;
  ContractKubelet& operator=(const ContractKubelet&) = delete;

  // As the kubelet's own start: removes all sockets of the device plugin
  // folder, then creates kubelet.sock. Pods are remembered over restarts.
  void Start();
  // Ends all connections; sockets stay.
  void Stop();
  void Restart() { Stop(), Start(); }

  void SetFaults(const KubeletFaults& faults);
  PodResourcesService& pod_resources() { return pod_resources_; }

  // Resources with a live stream.
  std::set<std::string> Resources() const;
  ToldDevices Devices(const std::string& resource) const;  // empty when there is no connection
  std::size_t Messages(const std::string& resource) const;  // since its registration
  std::size_t Registrations() const;
  // How often Register was called, answered or not.
  std::size_t RegisterCalls() const;
  // The socket that serves the resource now.
  std::filesystem::path Socket(const std::string& resource) const;
  void CutStream(const std::string& resource);
  // Waits until `condition` holds; looked at after each change, at most `limit`.
  bool Wait(const std::function<bool()>& condition, std::chrono::milliseconds limit = std::chrono::seconds(10)) const;
  // Waits until the resource has these ids, and just these are healthy.
  bool WaitForHealthy(const std::string& resource, const std::set<std::string>& healthy) const;

  // Admits a container: chooses devices, allocates each resource, remembers.
  Status Admit(const std::string& pod, const std::string& container, const std::map<std::string, int>& wanted,
               bool init = false);
  // PreStartContainer for each resource, then what the runtime would be given.
  // Of two resources the kubelet keeps one mount a path: `keep_last` says which.
  Result<StartedContainer> StartContainer(const std::string& pod, const std::string& container,
                                          bool keep_last = true) const;
  void RemovePod(const std::string& pod);
  const PodTable& pods() const { return pods_; }

  // The calls themselves; kUnavailable without a connection.
  Result<v1beta1::AllocateResponse> Allocate(const std::string& resource,
                                             const std::vector<std::vector<std::string>>& containers) const;
  Status PreStart(const std::string& resource, const std::vector<std::string>& devices) const;
  Result<std::vector<std::string>> Prefer(const std::string& resource, const std::vector<std::string>& available,
                                          const std::vector<std::string>& must_include, int size) const;

  std::vector<std::string> violations() const;

 private:
  class RegistrationService;
  using Connection = std::shared_ptr<PluginConnection>;

  KubeletFaults faults() const;
  void CountRegisterCall();
  Status Register(const std::string& version, const std::string& endpoint, const std::string& resource);
  Status Connect(const std::filesystem::path& socket, const std::string& resource);
  void Adopt(const Connection& connection);
  void OnChange(const PluginConnection& connection, bool ended);
  Result<Connection> Find(const std::string& resource) const;
  void DropConnections();
  void WatchPlugins(const std::stop_token& stop);
  bool AskWatched(const std::filesystem::path& socket);
  Result<std::vector<std::string>> Choose(const std::string& resource, const std::set<std::string>& reusable,
                                          int count) const;
  Status AllocateFor(PodContainer& container, const std::string& resource, int count);
  void Note(const std::function<void(ListChecks&)>& change) const;
  // What it has allocated goes on record with each allocation and each list.
  void WriteRecord() const;

  const std::filesystem::path folder_;
  PodTable pods_;
  PodResourcesService pod_resources_{pods_};
  std::unique_ptr<RegistrationService> registration_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<grpc::Server> pod_resources_server_;
  std::jthread watcher_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // All below guarded by mutex_.
  KubeletFaults faults_;
  std::map<std::string, Connection> connections_;  // by resource
  std::vector<Connection> former_;                 // ended or replaced; joined by Stop
  std::set<std::filesystem::path> used_sockets_;
  std::size_t registrations_ = 0;
  std::size_t register_calls_ = 0;
  mutable ListChecks checks_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include <grpcpp/grpcpp.h>

#include "api/proto/dra_health_v1.grpc.pb.h"
#include "api/proto/dra_v1.grpc.pb.h"
#include "api/proto/pluginregistration_v1.grpc.pb.h"
#include "core/base/result.h"

namespace nacelle {

namespace dra = k8s::io::kubelet::pkg::apis::dra::v1;

// What the kubelet would read of a claim's uid, name and namespace.
struct KubeletClaim {
  std::string name_space;
  std::string name;
  std::string uid;
};

// How long the kubelet waits for an answer.
inline constexpr std::chrono::milliseconds kDraCallLimit{45'000};

// The kubelet's side of dynamic resource allocation: finds a driver's socket in
// plugins_registry, registers it, and calls it. It checks what the kubelet checks.
class ContractDraKubelet {
 public:
  explicit ContractDraKubelet(std::filesystem::path kubelet_dir);

  // Finds the socket of `driver`, asks, dials and tells the verdict.
  Status Register(const std::string& driver, std::chrono::milliseconds limit = std::chrono::seconds(10));

  // By uid; an error is that claim's own. kInternal when the answer breaks the
  // contract: a claim without an entry, one that was not asked for.
  using Prepared = std::map<std::string, Result<std::vector<dra::Device>>>;
  Result<Prepared> Prepare(const std::vector<KubeletClaim>& claims, std::chrono::milliseconds limit = kDraCallLimit);
  Result<std::map<std::string, Status>> Unprepare(const std::vector<KubeletClaim>& claims);

  // The next messages of the health stream until `until` likes one.
  using Health = std::map<std::string, std::pair<v1::HealthStatus, std::string>>;  // by device
  Result<Health> WatchHealth(const std::function<bool(const Health&)>& until,
                             std::chrono::milliseconds limit = std::chrono::seconds(10));

  const std::vector<std::string>& versions() const { return versions_; }

 private:
  Status Ask(const std::filesystem::path& socket, const std::string& driver);

  const std::filesystem::path folder_;
  std::vector<std::string> versions_;
  std::unique_ptr<dra::DRAPlugin::Stub> plugin_;
  std::unique_ptr<v1::DRAResourceHealth::Stub> health_;
};

}  // namespace nacelle

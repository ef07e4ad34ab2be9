// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/model/offer.h"

namespace v1 {
class ListPodResourcesResponse;
}

namespace nacelle {

// What the kubelet says of who holds what.
struct Holders {
  std::vector<Holding> devices;  // the device plugins', of any vendor, sorted
  std::vector<Holding> claimed;  // the driver's, by claims: without resource, the device with its share's id behind, sorted
};

// A device that a container has by a claim.
struct ClaimedDevice {
  std::string name_space;  // of pod and claim
  std::string pod;         // name
  std::string claim;       // name
  std::string device;
  std::string share_id;  // of a device that claims share by capacity, else empty

  bool operator==(const ClaimedDevice&) const = default;
};

// Where the kubelet whose folder it is, usually /var/lib/kubelet, answers.
std::filesystem::path PodResourcesSocket(const std::filesystem::path& kubelet_dir);

// Asks the kubelet who holds what (PodResources v1, List). Without state: a
// connection a call, because calls are rare and kubelets restart. Any thread.
// What List leaves out: ordinary init containers, and pods whose Allocate is
// in flight.
class PodResources {
 public:
  // `socket`: see PodResourcesSocket. `own_pod`: of this
  // process, "namespace/name"; empty where it is in none. A kubelet that has started
  // answers before it has heard of its pods (pkg/kubelet/apis/podresources/server_v1.go
  // does not ask whether its sources are ready): an answer that leaves out the pod that
  // asks is none.
  explicit PodResources(const std::filesystem::path& socket, std::string own_pod = {});

  // Every device of every container. Waits at most `limit`, or until `stop`;
  // kUnavailable when the kubelet does not answer, or has yet to hear of its pods.
  Result<std::vector<Holding>> List(std::chrono::milliseconds limit, const std::stop_token& stop) const;
  // The same, and what containers have by claims on `driver`. Kubelets that do
  // not tell (before 1.34, unless asked to) list none.
  Result<Holders> ListAll(const std::string& driver, std::chrono::milliseconds limit, const std::stop_token& stop) const;
  // What containers have by claims on `driver`, with the claims.
  Result<std::vector<ClaimedDevice>> ListClaimed(const std::string& driver, std::chrono::milliseconds limit,
                                                 const std::stop_token& stop) const;

 private:
  Result<v1::ListPodResourcesResponse> Ask(std::chrono::milliseconds limit, const std::stop_token& stop) const;

  std::string target_;
  std::string own_pod_;
};

}  // namespace nacelle

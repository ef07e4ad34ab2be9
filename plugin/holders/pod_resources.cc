// SPDX-License-Identifier: Apache-2.0
#include "plugin/holders/pod_resources.h"

#include <algorithm>
#include <memory>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "api/proto/podresources_v1.grpc.pb.h"

namespace nacelle {
namespace {

constexpr int kMaxMessage = 16 * 1024 * 1024;

std::shared_ptr<grpc::Channel> Connect(const std::string& target) {
  grpc::ChannelArguments arguments;
  // grpc-go refuses the socket's path as authority (grpc#38142).
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetMaxReceiveMessageSize(kMaxMessage);
  // Else a failure of the last connection would delay this one.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(target, grpc::InsecureChannelCredentials(), arguments);
}

void AddHoldings(const v1::PodResources& pod, const v1::ContainerResources& container,
                 std::vector<Holding>& holdings) {
  for (const auto& devices : container.devices()) {
    for (const auto& id : devices.device_ids()) {
      holdings.push_back({devices.resource_name(), id, pod.namespace_(), pod.name(), container.name()});
    }
  }
}

// Calls `take` with the name of the claim and the device for each that the container has
// by a claim on `driver`.
template <typename Take>
void ForEachClaimed(const v1::ContainerResources& container, const std::string& driver, const Take& take) {
  for (const auto& claim : container.dynamic_resources()) {
    for (const auto& device : claim.claim_resources()) {
      if (device.driver_name() == driver) take(claim.claim_name(), device);
    }
  }
}

Holders ToHolders(const v1::ListPodResourcesResponse& response, const std::string& driver) {
  Holders holders;
  for (const auto& pod : response.pod_resources()) {
    for (const auto& container : pod.containers()) {
      AddHoldings(pod, container, holders.devices);
      ForEachClaimed(container, driver, [&](const std::string&, const v1::ClaimResource& device) {
        holders.claimed.push_back({"", device.device_name() + device.share_id(), pod.namespace_(), pod.name(), container.name()});
      });
    }
  }
  std::sort(holders.devices.begin(), holders.devices.end());
  std::sort(holders.claimed.begin(), holders.claimed.end());
  return holders;
}

bool Names(const v1::ListPodResourcesResponse& response, const std::string& own_pod) {
  const auto& pods = response.pod_resources();
  return std::any_of(pods.begin(), pods.end(),
                     [&](const v1::PodResources& pod) { return pod.namespace_() + "/" + pod.name() == own_pod; });
}

}  // namespace

std::filesystem::path PodResourcesSocket(const std::filesystem::path& kubelet_dir) {
  return kubelet_dir / "pod-resources" / "kubelet.sock";
}

PodResources::PodResources(const std::filesystem::path& socket, std::string own_pod)
    : target_("unix:" + socket.native()), own_pod_(std::move(own_pod)) {}

Result<v1::ListPodResourcesResponse> PodResources::Ask(std::chrono::milliseconds limit, const std::stop_token& stop) const {
  const auto stub = v1::PodResourcesLister::NewStub(Connect(target_));
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + limit);
  const std::stop_callback cancel(stop, [&context] { context.TryCancel(); });
  v1::ListPodResourcesResponse response;
  const auto status = stub->List(&context, {}, &response);
  if (!status.ok()) return Error(Code::kUnavailable, "PodResources: " + status.error_message());
  if (own_pod_.empty() || Names(response, own_pod_)) return response;
  return Error(Code::kUnavailable, "PodResources: the kubelet has yet to hear of its pods: it does not name " + own_pod_ + ", which asks");
}

Result<std::vector<Holding>> PodResources::List(std::chrono::milliseconds limit, const std::stop_token& stop) const {
  auto holders = ListAll({}, limit, stop);
  if (!holders) return holders.error();
  return std::move(holders->devices);
}

Result<Holders> PodResources::ListAll(const std::string& driver, std::chrono::milliseconds limit,
                                      const std::stop_token& stop) const {
  const auto response = Ask(limit, stop);
  if (!response) return response.error();
  return ToHolders(*response, driver);
}

Result<std::vector<ClaimedDevice>> PodResources::ListClaimed(const std::string& driver, std::chrono::milliseconds limit,
                                                             const std::stop_token& stop) const {
  const auto response = Ask(limit, stop);
  if (!response) return response.error();
  std::vector<ClaimedDevice> claimed;
  for (const auto& pod : response->pod_resources()) {
    for (const auto& container : pod.containers()) {
      ForEachClaimed(container, driver, [&](const std::string& claim, const v1::ClaimResource& device) {
        claimed.push_back({pod.namespace_(), pod.name(), claim, device.device_name(), device.share_id()});
      });
    }
  }
  return claimed;
}

}  // namespace nacelle

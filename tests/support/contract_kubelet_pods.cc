// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_kubelet_pods.h"

#include <algorithm>
#include <sstream>
#include <thread>

namespace nacelle {
namespace {

constexpr double kQueriesPerSecond = 100;
constexpr double kBurst = 10;

void AddNonsense(v1::ListPodResourcesResponse& response) {
  response.add_pod_resources();  // a pod without name and containers
  auto& pod = *response.add_pod_resources();
  pod.set_name(std::string(300, 'x'));
  auto& container = *pod.add_containers();
  for (const std::string resource : {"", "nacelle.dev/", "nacelle.dev/sw-zip", "nacelle.dev/\n"}) {
    auto& devices = *container.add_devices();
    devices.set_resource_name(resource);
    for (const std::string id : {"", "no-such-device", "no-such-device", "../../etc/passwd"}) devices.add_device_ids(id);
  }
}

void AddTooMuch(v1::ListPodResourcesResponse& response) {
  for (int i = 0; i < 17; ++i) response.add_pod_resources()->set_name(std::string(1024 * 1024, 'x'));
}

}  // namespace

void PodTable::Put(const PodContainer& container) {
  const std::lock_guard lock(mutex_);
  std::erase_if(containers_, [&](const PodContainer& other) {
    return other.pod == container.pod && other.name == container.name;
  });
  containers_.push_back(container);
}

void PodTable::RemovePod(const std::string& pod) {
  const std::lock_guard lock(mutex_);
  std::erase_if(containers_, [&](const PodContainer& container) { return container.pod == pod; });
}

std::vector<PodContainer> PodTable::All() const {
  const std::lock_guard lock(mutex_);
  return containers_;
}

std::set<std::string> PodTable::Held(const std::string& resource) const {
  const std::lock_guard lock(mutex_);
  std::set<std::string> held;
  for (const auto& container : containers_) {
    const auto it = container.devices.find(resource);
    if (it != container.devices.end()) held.insert(it->second.begin(), it->second.end());
  }
  return held;
}

std::string PodTable::Record() const {
  std::ostringstream entries;
  for (const auto& container : All()) {
    for (const auto& [resource, ids] : container.devices) {
      entries << (entries.tellp() > 0 ? "," : "") << R"({"PodUID":")" << container.pod << R"(","ContainerName":")"
              << container.name << R"(","ResourceName":")" << resource << R"(","DeviceIDs":{"-1":[)";
      for (const auto& id : ids) entries << (&id == ids.data() ? "" : ",") << '"' << id << '"';
      entries << R"(]},"AllocResp":""})";
    }
  }
  return R"({"Data":{"PodDeviceEntries":[)" + entries.str() + R"(],"RegisteredDevices":{}},"Checksum":0})";
}

bool PodResourcesService::TakeToken() {
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  const double passed = std::chrono::duration<double>(now - refilled_).count();
  tokens_ = std::min(kBurst, tokens_ + passed * kQueriesPerSecond);
  refilled_ = now;
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

grpc::Status PodResourcesService::List(grpc::ServerContext* context, const v1::ListPodResourcesRequest*,
                                       v1::ListPodResourcesResponse* response) {
  ++questions_;
  const auto until = std::chrono::steady_clock::now() + delay_.load();
  while (std::chrono::steady_clock::now() < until && !context->IsCancelled()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  if (down_) return {grpc::UNAVAILABLE, "the kubelet is not well"};
  if (!TakeToken()) return {grpc::RESOURCE_EXHAUSTED, "rejected by rate limit"};
  if (noise_ == Noise::kNonsense) AddNonsense(*response);
  if (noise_ == Noise::kHuge) AddTooMuch(*response);
  std::map<std::string, v1::PodResources*> pods;
  for (const auto& container : pods_.All()) {
    if (!pods.contains(container.pod) && pods.size() >= heard_of_) continue;
    auto*& pod = pods[container.pod];
    if (pod == nullptr) {
      pod = response->add_pod_resources();
      pod->set_name(container.pod);
      pod->set_namespace_(container.name_space);
    }
    if (container.init) continue;
    auto& listed = *pod->add_containers();
    listed.set_name(container.name);
    for (const auto& [resource, ids] : container.devices) {
      auto& devices = *listed.add_devices();
      devices.set_resource_name(resource);
      for (const auto& id : ids) devices.add_device_ids(id);
    }
    for (const auto& [driver, ids] : container.claimed) {
      auto& claim = *listed.add_dynamic_resources();
      claim.set_claim_name(container.claim);
      claim.set_claim_namespace(container.name_space);
      for (const auto& id : ids) {
        auto& device = *claim.add_claim_resources();
        device.set_driver_name(driver);
        device.set_device_name(id);
      }
    }
  }
  return grpc::Status::OK;
}

}  // namespace nacelle

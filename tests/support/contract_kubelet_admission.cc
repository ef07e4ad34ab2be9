// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "tests/support/contract_kubelet.h"

namespace nacelle {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kAllocateLimit{1};

std::set<std::string> HeldByPod(const PodTable& pods, const std::string& pod, const std::string& resource,
                                bool init) {
  std::set<std::string> held;
  for (const auto& container : pods.All()) {
    const auto it = container.devices.find(resource);
    if (container.pod == pod && container.init == init && it != container.devices.end()) {
      held.insert(it->second.begin(), it->second.end());
    }
  }
  return held;
}

v1beta1::AllocateRequest ToRequest(const std::vector<std::vector<std::string>>& containers) {
  v1beta1::AllocateRequest request;
  for (const auto& ids : containers) {
    auto& container = *request.add_container_requests();
    for (const auto& id : ids) container.add_devices_ids(id);
  }
  return request;
}

}  // namespace

Result<v1beta1::AllocateResponse> ContractKubelet::Allocate(
    const std::string& resource, const std::vector<std::vector<std::string>>& containers) const {
  auto connection = Find(resource);
  if (!connection) return std::move(connection).error();
  for (const auto& ids : containers) Note([&](ListChecks& checks) { checks.Flying(resource, ids); });
  const auto begin = steady_clock::now();
  auto response = (*connection)->Allocate(ToRequest(containers));
  const bool slow = steady_clock::now() - begin > kAllocateLimit;
  for (const auto& ids : containers) Note([&](ListChecks& checks) { checks.Landed(resource, ids); });
  if (slow) Note([&](ListChecks& checks) { checks.Add(resource + ": Allocate took longer than a second"); });
  return response;
}

Status ContractKubelet::PreStart(const std::string& resource, const std::vector<std::string>& devices) const {
  auto connection = Find(resource);
  if (!connection) return std::move(connection).error();
  return (*connection)->PreStart(devices);
}

Result<std::vector<std::string>> ContractKubelet::Prefer(const std::string& resource,
                                                         const std::vector<std::string>& available,
                                                         const std::vector<std::string>& must_include,
                                                         int size) const {
  auto connection = Find(resource);
  if (!connection) return std::move(connection).error();
  return (*connection)->Prefer(available, must_include, size);
}

Result<std::vector<std::string>> ContractKubelet::Choose(const std::string& resource,
                                                         const std::set<std::string>& reusable, int count) const {
  const auto taken = pods_.Held(resource);
  std::vector<std::string> available(reusable.begin(), reusable.end());
  for (const auto& [id, device] : Devices(resource)) {
    if (device.healthy && !taken.contains(id)) available.push_back(id);
  }
  const auto size = static_cast<std::size_t>(count);
  if (available.size() < size) {
    return Error(Code::kUnavailable, "requested number of devices unavailable for " + resource + ": requested " +
                                         std::to_string(count) + ", available " + std::to_string(available.size()));
  }
  if (reusable.size() >= size) return std::vector<std::string>(available.begin(), available.begin() + count);
  auto preferred = Prefer(resource, available, {reusable.begin(), reusable.end()}, count);
  if (!preferred) return std::move(preferred).error();
  // What is outside of `available` is ignored, what is missing is filled up.
  std::set<std::string> chosen(reusable);
  for (const auto* source : {&*preferred, &available}) {
    for (const auto& id : *source) {
      const bool known = std::find(available.begin(), available.end(), id) != available.end();
      if (known && chosen.size() < size) chosen.insert(id);
    }
  }
  return std::vector<std::string>(chosen.begin(), chosen.end());
}

Status ContractKubelet::AllocateFor(PodContainer& container, const std::string& resource, int count) {
  auto reusable = HeldByPod(pods_, container.pod, resource, true);
  for (const auto& id : HeldByPod(pods_, container.pod, resource, false)) reusable.erase(id);
  auto ids = Choose(resource, reusable, count);
  if (!ids) return std::move(ids).error();
  auto response = Allocate(resource, {*ids});
  if (!response) return std::move(response).error().In("Allocate failed");
  if (response->container_responses_size() == 0) return Error(Code::kInternal, "no containers return in allocation response");
  container.devices[resource] = std::move(*ids);
  container.answers[resource] = response->container_responses(0);
  return {};
}

Status ContractKubelet::Admit(const std::string& pod, const std::string& container,
                              const std::map<std::string, int>& wanted, bool init) {
  PodContainer admitted{.pod = pod, .name = container, .init = init, .devices = {}, .answers = {}};
  for (const auto& [resource, count] : wanted) {
    if (auto status = AllocateFor(admitted, resource, count); !status) return status;
  }
  pods_.Put(admitted);
  WriteRecord();
  return {};
}

Result<StartedContainer> ContractKubelet::StartContainer(const std::string& pod, const std::string& container,
                                                         bool keep_last) const {
  const auto all = pods_.All();
  const auto found = std::find_if(all.begin(), all.end(), [&](const PodContainer& other) {
    return other.pod == pod && other.name == container;
  });
  if (found == all.end()) return Error(Code::kNotFound, "no container " + pod + "/" + container);
  StartedContainer started;
  for (const auto& [resource, answer] : found->answers) {
    if (auto status = PreStart(resource, found->devices.at(resource)); !status) {
      return std::move(status).error().In("PreStartContainer failed");
    }
    for (const auto& device : answer.devices()) started.nodes.push_back(device.container_path());
    for (const auto& mount : answer.mounts()) {
      auto& host_path = started.mounts[mount.container_path()];
      if (host_path.empty() || keep_last) host_path = mount.host_path();
    }
    for (const auto& [name, value] : answer.envs()) started.variables[name] = value;
  }
  std::sort(started.nodes.begin(), started.nodes.end());
  return started;
}

void ContractKubelet::RemovePod(const std::string& pod) { pods_.RemovePod(pod); }

}  // namespace nacelle

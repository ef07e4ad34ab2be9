// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "api/proto/deviceplugin_v1beta1.pb.h"
#include "api/proto/podresources_v1.grpc.pb.h"

namespace nacelle {

// What the kubelet remembers of a container of which it allocated devices.
struct PodContainer {
  std::string pod;
  std::string name;
  bool init = false;  // an ordinary init container: PodResources leaves it out
  std::map<std::string, std::vector<std::string>> devices;                     // by resource
  std::map<std::string, v1beta1::ContainerAllocateResponse> answers;  // cached; by resource
  std::map<std::string, std::vector<std::string>> claimed = {};  // devices by driver
  std::string claim = {};  // by which it has them
  std::string name_space = "default";
};

// The kubelet's table of allocations. Any thread.
class PodTable {
 public:
  void Put(const PodContainer& container);
  void RemovePod(const std::string& pod);
  std::vector<PodContainer> All() const;
  // Ids of `resource` that any container has.
  std::set<std::string> Held(const std::string& resource) const;
  // As the kubelet's device manager writes it; a pod's UID is its name.
  std::string Record() const;

 private:
  mutable std::mutex mutex_;
  std::vector<PodContainer> containers_;  // guarded by mutex_
};

// PodResources v1 over the table, with the kubelet's rate limit.
class PodResourcesService final : public v1::PodResourcesLister::Service {
 public:
  explicit PodResourcesService(const PodTable& pods) : pods_(pods) {}

  // Answers with an error while true.
  void SetDown(bool down) { down_ = down; }
  // Names the oldest `count` pods only, as a kubelet does that hears of them one by one
  // after its start, or of none while the API server is away. What it has allocated it
  // knows all the same.
  void SetHeardOf(std::size_t count) { heard_of_ = count; }
  static constexpr std::size_t kAllPods = std::numeric_limits<std::size_t>::max();
  // What the answer holds besides: nothing that makes sense of ours, or more than
  // 16 MiB of it.
  enum class Noise { kNone, kNonsense, kHuge };
  void SetNoise(Noise noise) { noise_ = noise; }
  // How long each answer takes.
  void SetDelay(std::chrono::milliseconds delay) { delay_ = delay; }
  int questions() const { return questions_; }

  grpc::Status List(grpc::ServerContext* context, const v1::ListPodResourcesRequest*,
                    v1::ListPodResourcesResponse* response) override;

 private:
  bool TakeToken();

  const PodTable& pods_;
  std::atomic<bool> down_ = false;
  std::atomic<std::size_t> heard_of_ = kAllPods;
  std::atomic<Noise> noise_ = Noise::kNone;
  std::atomic<std::chrono::milliseconds> delay_{};
  std::atomic<int> questions_ = 0;
  std::mutex mutex_;
  double tokens_ = 10;                                   // guarded by mutex_
  std::chrono::steady_clock::time_point refilled_ = {};  // guarded by mutex_
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "agent/discovery/feed.h"
#include "core/base/failure_log.h"
#include "core/kube/api_client.h"
#include "core/kube/back_off.h"
#include "core/kube/object_watch.h"
#include "core/model/function.h"
#include "plugin/dra/dra_metrics.h"
#include "plugin/dra/slice_plan.h"
#include "plugin/offer/offer_book.h"

namespace nacelle {

struct SlicePublisherOptions {
  // How often it is looked whether somebody else has changed our slices, or the
  // offers are others; the shorter one for some time after the machine changed,
  // because a plan follows, and until what was written is seen.
  std::chrono::milliseconds look_again{1'000};
  std::chrono::milliseconds look_soon{20};
  std::chrono::milliseconds plan_follows{500};
  // How long the watch may take to show what was written.
  std::chrono::milliseconds settle{5'000};
  std::chrono::milliseconds retry_first{500};
  std::chrono::milliseconds retry_most{30'000};
  ObjectWatchOptions watch;
};

// Keeps the resource slices of this node in the API server as the offers are:
// writes when something has changed, here or there (the kubelet removes all
// slices when it starts), and else never. Of what is there it keeps the versions;
// the slices of a large machine are megabytes, and read when they matter.
class SlicePublisher {
 public:
  // Whether claims can be prepared here. Until that is known nothing is
  // published or removed; while they cannot, there is nothing to schedule.
  enum class Serving { kNotYet, kNo, kYes };

  struct Parts {
    ApiClient& api;
    const InventoryFeed& feed;
    const OfferBook& offers;
    DraMetrics& metrics;
    std::string node;
    std::function<Serving()> serving;
  };
  SlicePublisher(Parts parts, const SlicePublisherOptions& options);

  // Both until `stop`, each on a thread of its own.
  Status Run(const std::stop_token& stop);
  Status RunWatch(const std::stop_token& stop);

  // Healthy once each offer of the newest plan that goes through DRA is in the slices, as
  // far as the API server takes them. Any thread.
  Health ready() const;

 private:
  using Versions = std::map<std::string, std::string>;  // resourceVersion by name
  // All that the devices follow from.
  struct Basis {
    std::uint64_t inventory = 0;  // generations
    std::uint64_t offers = 0;
    std::vector<HeldShare> held;  // where it tells how a queue is shown
    Serving serving = Serving::kNotYet;
    std::optional<bool> by_capacity;
    bool without_taints = false;

    bool operator==(const Basis&) const = default;
  };
  struct Applied {
    Basis basis;
    std::string devices;  // their digest
    Versions versions;
  };

  void NotePresent(const ObjectWatch::Objects& slices);
  std::optional<Versions> Present() const;
  bool IsSettled(const Versions& present);
  Status Step(const std::stop_token& stop);
  Basis Now() const;
  Status LearnSharing(const std::stop_token& stop);
  std::vector<SliceDevice> Wanted() const;
  Status Write(const std::vector<SliceDevice>& devices, Applied applied, const std::stop_token& stop);
  Result<Slices> Read(const Versions& present, const std::stop_token& stop) const;
  Result<SliceOwner> ReadOwner(const std::stop_token& stop) const;
  Status Carry(const SlicePlan& plan, Applied& applied, const std::stop_token& stop);
  void Report(const Status& status);
  void NotePublished(std::set<std::string> resources);
  void TellUnnamed();
  void TellLeftOut(const std::vector<SliceDevice>& devices);

  const Parts parts_;
  const SlicePublisherOptions options_;
  BackOff back_off_;
  mutable std::mutex mutex_;
  // Both guarded by mutex_.
  std::optional<Versions> present_;      // as the watch shows them
  std::set<std::string> published_;      // resources that are in the slices
  // All below of the thread of Run.
  std::optional<Applied> applied_;
  std::chrono::steady_clock::time_point applied_at_;
  bool settled_ = true;        // the watch has shown what was applied
  bool without_taints_ = false;  // the server is older than taints
  std::optional<bool> by_capacity_;  // whether the server knows devices that claims share; absent: not asked yet
  std::vector<std::string> unnamed_;  // operations that were told of
  std::map<std::string, std::string> left_out_;  // the same: those without room, with a device that has them
  FailureLog failures_{"the resource slices cannot be published"};
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/function.h"

namespace nacelle {

// One queue that goes under a resource name, divided into shares.
struct OfferedQueue {
  std::string queue;  // id
  int shares = 1;
  // Present while the policy wants the queue elsewhere or divided otherwise:
  // just these devices, which are held, until they are released.
  std::optional<std::vector<std::string>> only = std::nullopt;

  bool operator==(const OfferedQueue&) const = default;
};

// Queues that together are one device of a bundle, divided alike.
struct OfferedTuple {
  std::string id;                   // of share 0
  std::vector<std::string> queues;  // in the order of the wants
  int shares = 1;
  Health health;  // of its queues and of how they lie
  // As OfferedQueue::only. Empty: nobody holds it, and it waits to leave the list.
  std::optional<std::vector<std::string>> only = std::nullopt;

  bool operator==(const OfferedTuple&) const = default;
};

// A tuple as it is remembered over restarts, for as long as it is on the list.
struct SavedTuple {
  std::string resource;
  std::string id;
  std::vector<std::string> queues;  // in the order of the wants
  std::string query;  // that it answers; empty: only its queues are known

  auto operator<=>(const SavedTuple&) const = default;
};

// By which of the kubelet's interfaces an offer reaches containers.
enum class Route {
  kDevicePlugin,  // an extended resource
  kDra,           // dynamic resource allocation
};

// Which queues go under which resource name.
struct Offer {
  std::string resource;  // "nacelle.dev/sw-zip"
  std::vector<OfferedQueue> queues;  // by queue id
  Route route = Route::kDevicePlugin;
  std::vector<OfferedTuple> tuples;  // of a bundle; by id

  bool operator==(const Offer&) const = default;
};

// Who holds a device of a resource, as PodResources tells it.
struct Holding {
  std::string resource;
  std::string device;  // id of the share
  std::string pod_namespace;
  std::string pod;
  std::string container;

  auto operator<=>(const Holding&) const = default;
};

// The device id of a share: the queue's id for share 0, else "<queue>-<share>".
std::string ShareId(std::string_view queue, int share);

// The share of `queue` that a device id names; absent when it names none.
std::optional<int> ShareNumber(std::string_view queue, std::string_view device);

// All device ids of something divided into so many shares.
std::vector<std::string> ShareIds(std::string_view whole, int shares);

// The device ids of a queue or tuple that may be handed out.
std::vector<std::string> DeviceIds(const OfferedQueue& offered);
std::vector<std::string> DeviceIds(const OfferedTuple& tuple);

// The tuple of which a device id of `offer` is a share that may be handed out;
// nullptr when there is none.
const OfferedTuple* FindTuple(const Offer& offer, std::string_view device);

// The queue and share that a device id of `offer` names; absent when there is none.
struct Share {
  std::string queue;
  int share = 0;

  bool operator==(const Share&) const = default;
};
std::optional<Share> FindShare(const Offer& offer, std::string_view device);

}  // namespace nacelle

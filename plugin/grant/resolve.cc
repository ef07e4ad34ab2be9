// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/resolve.h"

#include <algorithm>
#include <map>
#include <utility>

namespace nacelle {
namespace {

std::string Describe(const DeviceNode& node) {
  return node.path + " (" + std::to_string(node.major) + ':' + std::to_string(node.minor) + ')';
}

std::string Describe(const std::vector<DeviceNode>& nodes) {
  std::string text;
  for (const auto& node : nodes) text += (text.empty() ? "" : ", ") + Describe(node);
  return text.empty() ? "without a node" : text;
}

Status CheckNode(const HostRoot& host, const DeviceNode& node) {
  auto found = host.Node(node.path);
  if (!found) return std::move(found).error().In("node " + node.path);
  if (found->major == node.major && found->minor == node.minor) return {};
  return Error(Code::kConflict, Describe(node) + " is " + std::to_string(found->major) + ':' +
                                    std::to_string(found->minor) + " now");
}

Status CheckLink(const HostRoot& host, const SysfsLink& link) {
  const auto path = link.directory + '/' + link.name;
  auto target = host.ReadLink(path);
  if (!target) return std::move(target).error().In("link " + path);
  if (*target == link.target) return {};
  return Error(Code::kConflict, path + " leads to " + *target + " now, not to " + link.target);
}

Status CheckOnHost(const HostRoot& host, const GrantedQueue& queue) {
  for (const auto& node : queue.nodes) {
    if (auto status = CheckNode(host, node); !status) return status;
  }
  for (const auto& link : queue.links) {
    if (auto status = CheckLink(host, link); !status) return status;
  }
  return {};
}

std::string OwnerOf(const Inventory& inventory, const DeviceNode& node) {
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) {
      for (const auto& other : queue.nodes) {
        if (other.path == node.path) return "; " + node.path + " is function " + function.id + " now";
      }
    }
  }
  return {};
}

// What became of a granted queue whose nodes are not what they were.
Error Changed(const Inventory& inventory, const GrantedQueue& granted, const QueueRef& now) {
  std::string message = "function " + granted.function + " was " + Describe(granted.nodes) + " when granted, ";
  message += now ? "is " + Describe(now.queue->nodes) + " now" : "is gone";
  for (const auto& node : granted.nodes) message += OwnerOf(inventory, node);
  return Error(now ? Code::kConflict : Code::kNotFound, message + "; delete the pod to have it granted anew");
}

Result<GrantedQueue> ResolveQueue(const HostRoot& host, const Inventory& inventory,
                                  const std::string& id, Unwell unwell) {
  const auto ref = FindQueue(inventory, id);
  if (!ref) return Error(Code::kNotFound, "is gone");
  if (const auto health = EffectiveHealth(ref); !health.healthy && unwell == Unwell::kRefuse) {
    return Error(Code::kUnavailable, "is unhealthy: " + health.reason);
  }
  GrantedQueue queue{id, ref.function->id, 0, ref.queue->nodes, ref.queue->links, ref.queue->environment};
  if (auto status = CheckOnHost(host, queue); !status) {
    return std::move(status).error().In("is not what it was");
  }
  return queue;
}

// What of an offer a device is.
struct Resolved {
  std::vector<std::string> queues;  // one, or the members of a tuple
  int division = 1;
  bool is_tuple = false;
};

// Where a device is listed for those alone who hold it, a pod to come would get what
// nobody promises any more: the policy has changed, or what the queue computes.
Result<Resolved> ResolveDevice(const Offer& offer, const std::string& device) {
  const auto name = "device '" + device + "'";
  const Error kept(Code::kUnavailable, name + " stays with its holder until it is released; what it is offered as has changed");
  if (const auto share = FindShare(offer, device)) {
    const auto offered = std::find_if(offer.queues.begin(), offer.queues.end(),
                                      [&](const OfferedQueue& candidate) { return candidate.queue == share->queue; });
    if (offered->only) return kept;
    return Resolved{{share->queue}, offered->shares, false};
  }
  const auto* tuple = FindTuple(offer, device);
  if (tuple == nullptr) return Error(Code::kNotFound, name + " is not offered as " + offer.resource);
  if (!tuple->health.healthy) return Error(Code::kUnavailable, name + " is unhealthy: " + tuple->health.reason);
  if (tuple->only) return kept;
  return Resolved{tuple->queues, tuple->shares, true};
}

// Collects the queues of a grant.
class Granting {
 public:
  Granting(const HostRoot& host, const Inventory& inventory, Unwell unwell)
      : host_(host), inventory_(inventory), unwell_(unwell) {}

  Status Add(const Offer& offer, const std::string& device, Grant& grant) {
    const auto resolved = ResolveDevice(offer, device);
    if (!resolved) return resolved.error();
    for (const auto& id : resolved->queues) {
      auto known = queues_.find(id);
      if (known == queues_.end()) {
        auto queue = ResolveQueue(host_, inventory_, id, unwell_);
        if (!queue) return std::move(queue).error().In("device '" + device + (id == device ? "'" : "': queue '" + id + "'"));
        queue->division = resolved->division;
        known = queues_.emplace(id, *std::move(queue)).first;
      }
      ++known->second.shares;
    }
    if (resolved->is_tuple) grant.members[device] = resolved->queues;
    return {};
  }

  std::vector<GrantedQueue> Finish() && {
    std::vector<GrantedQueue> queues;
    for (auto& [id, queue] : queues_) queues.push_back(std::move(queue));
    return queues;
  }

 private:
  const HostRoot& host_;
  const Inventory& inventory_;
  const Unwell unwell_;
  std::map<std::string, GrantedQueue> queues_;
};

}  // namespace

Result<Grant> ResolveGrant(const HostRoot& host, const Inventory& inventory, const Offer& offer,
                           const std::vector<std::string>& devices, std::string_view boot_id, Unwell unwell) {
  Grant grant{.resource = offer.resource, .devices = devices, .queues = {}, .boot_id = std::string(boot_id)};
  Granting granting(host, inventory, unwell);
  for (const auto& device : devices) {
    if (auto status = granting.Add(offer, device, grant); !status) return std::move(status).error();
  }
  grant.queues = std::move(granting).Finish();
  return grant;
}

bool IsSame(const Inventory& inventory, const GrantedQueue& granted) {
  const auto ref = FindQueue(inventory, granted.id);
  return ref && ref.queue->nodes == granted.nodes;
}

Status CheckGrant(const HostRoot& host, const Inventory& inventory, const Grant& grant) {
  for (const auto& queue : grant.queues) {
    if (!IsSame(inventory, queue)) return Changed(inventory, queue, FindQueue(inventory, queue.id));
    if (auto status = CheckOnHost(host, queue); !status) {
      return std::move(status).error().In("function " + queue.function + " is not what was granted");
    }
  }
  return {};
}

}  // namespace nacelle

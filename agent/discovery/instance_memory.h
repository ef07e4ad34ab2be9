// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

namespace nacelle {

// The largest available_instances that was seen of a queue.
struct SeenInstances {
  int most = 0;
  bool at_least = false;  // see Queue::instances_at_least

  bool operator==(const SeenInstances&) const = default;
};

// What is known of instances before the machine is looked at for the first
// time: what the drivers tell is what is free now, and after a restart of the
// agent some of it is in use.
struct InstanceMemory {
  std::map<std::string, SeenInstances> queues;  // by id; of an earlier run since the machine started
  // Whether an agent is here for the first time (since the machine started), so
  // that nobody can have been given a queue that is not among `queues`.
  bool machine_is_fresh = false;

  bool operator==(const InstanceMemory&) const = default;
};

}  // namespace nacelle

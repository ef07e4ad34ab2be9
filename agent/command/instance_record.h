// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "agent/discovery/instance_memory.h"
#include "core/base/failure_log.h"
#include "core/base/result.h"
#include "core/model/inventory.h"

namespace nacelle {

// How many instances the queues of `inventory` have, as far as it was seen.
std::map<std::string, SeenInstances> InstancesOf(const Inventory& inventory);

// The text of the file that remembers them over restarts of the agent
// (instances.json), for as long as the machine runs.
std::string WriteInstanceRecord(const std::map<std::string, SeenInstances>& queues, const std::string& boot_id);

// kInvalid for anything that WriteInstanceRecord did not write whole. A record
// of another boot tells only that the machine has been started since.
Result<InstanceMemory> ReadInstanceRecord(std::string_view text, const std::string& boot_id);

// The file in the state folder. Absent: nothing is known, or, where nothing there
// tells of a grant, an agent is here for the first time. One that makes no
// sense counts as absent and is logged.
InstanceMemory LoadInstances(const std::filesystem::path& file, const std::string& boot_id);

// Writes the file when what it tells has changed. One thread.
class InstanceKeeper {
 public:
  InstanceKeeper(std::filesystem::path file, std::string boot_id);

  // What cannot be written is logged once, and tried again with the next change.
  void Keep(const Inventory& inventory);

 private:
  const std::filesystem::path file_;
  const std::string boot_id_;
  std::optional<std::map<std::string, SeenInstances>> kept_;
  FailureLog failures_{"the instances of queues cannot be remembered for the next start"};
};

}  // namespace nacelle

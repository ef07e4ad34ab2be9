// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/discovery/feed.h"
#include "agent/host/host_root.h"
#include "core/base/folder_watch.h"
#include "core/base/result.h"
#include "core/config/policy.h"
#include "core/metrics/metrics.h"

namespace nacelle {

// Keeps the policy of a file in force: reads it at the start and whenever it
// changes, also where it is a link that Kubernetes replaces with the whole
// folder of a ConfigMap. While the file has a mistake, or asks for more shares
// than queues of this machine have, the last good policy stays in force, over
// restarts too, and the mistake is logged once. One thread runs it.
class PolicyKeeper {
 public:
  struct Parts {
    std::filesystem::path file;
    std::filesystem::path last_good;  // where the policy in force is remembered
    const InventoryFeed& feed;
    const HostRoot& host;
    Metrics& metrics;
    std::function<void(const Policy&)> adopt;  // puts a policy in force
    // How often the file is looked at where nothing says that it changed.
    std::chrono::milliseconds look_without_inotify{2'000};
    std::chrono::milliseconds look_anyway{60'000};
  };
  explicit PolicyKeeper(Parts parts);

  // Looks at the file once the machine is scanned, then until `stop`.
  Status Run(const std::stop_token& stop);

  // Looks once. The machine must have been scanned.
  void Look();

 private:
  Result<Policy> Read(const std::string& text) const;
  void Adopt(const Policy& policy, const std::string& text);
  void Refuse(const Error& error);
  void AdoptLastGood();

  const Parts parts_;
  FolderWatch watch_;
  std::optional<std::string> in_force_;  // its text
  std::optional<Error> refused_;
  std::optional<Error> not_kept_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/discovery/feed.h"
#include "agent/host/host_root.h"
#include "core/base/folder_watch.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/config/policy.h"
#include "core/metrics/metrics.h"

namespace nacelle {

// Keeps in force the policy that the cluster has for this node; where it has
// none, that of a file; without a file, the one that offers every function by its
// interface's name. Reads the file at the start and whenever it changes, also
// where it is a link that Kubernetes replaces with the whole folder of a ConfigMap.
// While a policy has a mistake, or asks for more shares than queues of this machine
// have, the last good one stays in force, over restarts too, and the mistake is
// logged once. One thread runs it.
class PolicyKeeper {
 public:
  struct Parts {
    std::filesystem::path file;  // empty: none
    std::filesystem::path last_good;  // where the policy in force is remembered
    const InventoryFeed& feed;
    const HostRoot& host;
    Metrics& metrics;
    std::function<void(const Policy&)> adopt;  // puts a policy in force
    // How often the file is looked at where nothing says that it changed.
    std::chrono::milliseconds look_without_inotify{2'000};
    std::chrono::milliseconds look_anyway{60'000};
    // Whether the cluster is to be heard first: till then the last good policy stands.
    bool await_cluster = false;
  };
  explicit PolicyKeeper(Parts parts);

  // Looks at the file once the machine is scanned, then until `stop`.
  Status Run(const std::stop_token& stop);

  // Looks once. The machine must have been scanned.
  void Look();

  // What the cluster has for this node: a policy's text, or nothing. Any thread.
  void TellCluster(const std::optional<std::string>& text);
  // The cluster has nothing to say: the node's object is gone, or it may not be read. A
  // policy that it had for this node stays in force, over restarts too. Any thread.
  void TellClusterSilent();
  // Whether the cluster's policy of this text is in force, else why not; absent
  // while it has not been looked at. Any thread.
  std::optional<Status> VerdictOf(const std::string& text) const;
  // Whether what is wanted was refused, and there is no last good policy either. Any thread.
  bool has_none() const;
  // How containers get their devices under the policy in force; empty: there is none yet. Any thread.
  std::string grant_via() const;

 private:
  struct Source {
    std::string name;  // for messages
    Result<std::string> text;
  };
  std::optional<Source> Wanted() const;
  void Decide(const Source& source);
  void NoteVerdict(const Source& source, Status status);
  Result<Policy> Read(const Source& source) const;
  void Adopt(const Policy& policy, const Source& source);
  void Refuse(const Error& error);
  void AdoptLastGood();
  void NoteNone(bool none);
  void PutInForce(const Policy& policy, std::string text);
  void Wake() const;

  const Parts parts_;
  FolderWatch watch_;
  std::optional<std::string> in_force_;  // its text
  std::optional<Error> refused_;
  std::optional<Error> not_kept_;

  const UniqueFd told_;  // an eventfd: readable once the cluster has said something
  mutable std::mutex mutex_;
  // All below guarded by mutex_.
  bool awaits_cluster_;
  std::optional<std::string> cluster_text_;
  std::optional<std::pair<std::string, Status>> verdict_;  // of a text of the cluster's
  bool none_ = false;
  std::string grant_via_;
};

}  // namespace nacelle

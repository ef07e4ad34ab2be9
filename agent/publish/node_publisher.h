// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "agent/discovery/feed.h"
#include "agent/publish/node_view.h"
#include "core/base/failure_log.h"
#include "core/base/result.h"
#include "core/crd/node_accelerators.h"
#include "core/kube/api_client.h"
#include "core/kube/back_off.h"
#include "core/kube/object_watch.h"

namespace nacelle {

struct NodePublisherOptions {
  // Between two looks at what there is to say; a new inventory is one at once.
  std::chrono::milliseconds look{1'000};
  // Least time between two writes.
  std::chrono::milliseconds write_gap{1'000};
  // How long the watch may take to show what was written.
  std::chrono::milliseconds settle{5'000};
  std::chrono::milliseconds retry_first{500};
  std::chrono::milliseconds retry_most{30'000};
  // An object that was gone comes back without a policy until the operator has seen it.
  std::chrono::milliseconds await_policy{60'000};
  // Of the status; the server's limit for the whole object is 1.5 MB.
  std::size_t most_bytes = 1'300'000;
  ObjectWatchOptions watch;
};

// The NodeAccelerators of this node: writes its status when it is another, and
// tells what its spec says. Without the resource or the right to it, it says so
// once, and the agent goes on without.
class NodePublisher {
 public:
  // Whether the policy of such a text is in force; absent: not yet decided.
  using Verdict = std::optional<Status>;
  struct Parts {
    ApiClient& api;
    const InventoryFeed& feed;
    std::string node;
    std::function<NodeView()> view;
    // Told, on the watching thread, what the spec asks for: the text of a policy,
    // or nothing where no policy selects the node.
    std::function<void(const std::optional<std::string>&)> take_policy;
    std::function<Verdict(const std::string& text)> verdict;
    // Told, there too, that there is no such object, or no right to it.
    std::function<void()> no_object;
  };
  NodePublisher(Parts parts, const NodePublisherOptions& options);

  // Both until `stop`, each on a thread of its own.
  Status Run(const std::stop_token& stop);
  Status RunWatch(const std::stop_token& stop);

 private:
  // What the API server has.
  struct Present {
    std::uint64_t noted = 0;  // grows with each news of it
    bool exists = false;
    std::uint64_t version = 0;
    std::string owner;  // the uid of the Node that it belongs to
    std::int64_t generation = 0;
    std::string policy_text;  // of the spec; empty: none
    std::optional<crd::PolicyRef> policy;
    std::size_t status = 0;  // a hash of its text (json::WriteSorted); 0: none
    std::optional<crd::PolicyRef> policy_in_force;
    std::vector<crd::Condition> conditions;
  };

  // All that a status follows from, and whether it is to be written.
  struct Basis {
    NodeView view;
    std::uint64_t noted = 0;
    Verdict verdict;

    bool operator==(const Basis&) const = default;
  };

  void Note(const ObjectWatch::Objects& objects);
  void NoteFailure(const Error& error);
  Present Read(const json::Value& object) const;
  std::shared_ptr<const Present> Newest() const;
  bool IsSettled() const;
  Status Step(const std::stop_token& stop);
  void TakeNone();
  json::Object WantedStatus(const Basis& basis, const Present& present) const;
  bool IsShown(std::size_t text, const Present& present);
  crd::NodeStatus Wanted(const Basis& basis, const Present& present) const;
  Result<std::string> OwnerUid(const std::stop_token& stop) const;
  Status ApplyObject(const std::stop_token& stop);
  Status ApplyStatus(json::Object status, const std::stop_token& stop);
  void Report(const Status& status);

  const Parts parts_;
  const NodePublisherOptions options_;
  const std::string path_;
  BackOff back_off_;
  mutable std::mutex mutex_;
  // All four guarded by mutex_.
  std::uint64_t noted_ = 0;
  std::shared_ptr<const Present> present_;  // as the watch shows it; null: not known
  std::uint64_t shown_ = 0;         // the newest version that the watch has shown
  // Since it was gone: when it counts that it has no policy.
  std::optional<std::chrono::steady_clock::time_point> none_from_;
  // All below of the thread of Run.
  std::uint64_t written_ = 0;  // the version that was written last
  std::chrono::steady_clock::time_point written_at_;
  // Hashes of texts: of the status that was written last, and of what that came to.
  std::size_t wrote_ = 0;
  std::optional<std::size_t> came_to_;
  std::optional<Basis> shown_as_it_is_;  // nothing was to be written
  bool built_ = false;  // a status, since memory was given back
  FailureLog failures_{"the node's NodeAccelerators cannot be written"};
};

// The policy of a spec as the file that it could be (docs/policy.md).
std::string PolicyText(const crd::NodeSpec& spec);

}  // namespace nacelle

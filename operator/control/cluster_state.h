// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>

#include "core/crd/time_text.h"
#include "core/json/value.h"
#include "operator/plan/view.h"

namespace nacelle {

// What the operator watches.
enum class Collection { kPolicies, kNodes, kObjects, kClasses };

// How DeviceClasses of ours are marked.
inline constexpr const char* kManagedBy = "app.kubernetes.io/managed-by";
// On NodeAccelerators: its node was not ready when we wrote its spec.
inline constexpr const char* kUnreadyBefore = "nacelle.dev/unready-before";
// The same, where that was so for claims only.
inline constexpr const char* kNoClaimsBefore = "nacelle.dev/no-claims-before";
inline constexpr const char* kOperatorName = "nacelle-operator";

// Of a DeviceClass.
ClassState ClassOf(const json::Value& object);

// The cluster as the watches show it. Any thread.
class ClusterState {
 public:
  using Objects = std::map<std::string, json::Value>;

  // `now` says the time, in RFC 3339.
  explicit ClusterState(std::function<std::string()> now = crd::NowText) : now_(std::move(now)) {}

  // What of an object is used, so that thousands of them are small.
  static json::Value Keep(Collection collection, const json::Value& object);

  void Replace(Collection collection, const Objects& objects);
  void Change(Collection collection, const std::string& name, const json::Value* object);  // null: it is gone
  // The cluster has no such collection.
  void NoteAbsent(Collection collection);
  // The answer to a write, unless the watch has shown something newer, or the end.
  void NoteWritten(const std::string& node, const json::Value& object);
  // Which DeviceClasses the API server refuses now, and why.
  void NoteRefusedClasses(std::map<std::string, std::string> refused);

  // The view, once every collection was listed.
  std::optional<ClusterView> View() const;
  // Waits for a change after `seen`, at most `timeout`; the number of changes so far.
  std::uint64_t Next(std::uint64_t seen, std::chrono::milliseconds timeout, const std::stop_token& stop) const;

 private:
  void Put(Collection collection, const std::string& name, const json::Value& object);
  void Erase(Collection collection, const std::string& name);
  void Clear(Collection collection, const Objects& objects);

  const std::function<std::string()> now_;
  mutable std::mutex mutex_;
  mutable std::condition_variable_any changed_;
  // All below guarded by mutex_.
  ClusterView view_;
  std::map<std::string, std::uint64_t> versions_;  // of objects, by node
  std::set<Collection> listed_;
  std::uint64_t changes_ = 1;
};

}  // namespace nacelle

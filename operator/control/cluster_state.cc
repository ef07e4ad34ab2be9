// SPDX-License-Identifier: Apache-2.0
#include "operator/control/cluster_state.h"

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <utility>

#include "core/base/log.h"
#include "core/kube/api_client.h"
#include "operator/plan/standing.h"

namespace nacelle {
namespace {

constexpr std::size_t kCollections = 4;

void SetIn(std::string_view part, std::string_view name, json::Value value, json::Object& kept) {
  const auto* present = kept.Find(part);
  auto inner = present == nullptr || present->AsObject() == nullptr ? json::Object() : *present->AsObject();
  inner.Set(name, std::move(value));
  kept.Set(part, std::move(inner));
}

// The members that `names` lead to, in an object of the same shape.
void Copy(const json::Value& from, std::initializer_list<std::string_view> names, json::Object& to) {
  const auto* found = FindMember(from, names);
  if (found == nullptr) return;
  if (names.size() == 1) return to.Set(*names.begin(), *found);
  SetIn(*names.begin(), *(names.begin() + 1), *found, to);
}

// Of the offers what they can still give: their members are the most of an object.
void KeepOffers(const json::Value& object, json::Object& kept) {
  const auto* offers = FindMember(object, {"status", "offers"});
  if (offers == nullptr || offers->AsArray() == nullptr) return;
  json::Array out;
  for (const auto& offer : *offers->AsArray()) {
    json::Object one;
    for (const auto name : {"resource", "through", "devices", "free"}) Copy(offer, {name}, one);
    out.push_back(std::move(one));
  }
  SetIn("status", "offers", std::move(out), kept);
}

// Of a node's conditions the one that decides.
void KeepReady(const json::Value& node, json::Object& kept) {
  const auto* conditions = FindMember(node, {"status", "conditions"});
  if (conditions == nullptr || conditions->AsArray() == nullptr) return;
  for (const auto& condition : *conditions->AsArray()) {
    if (TextAt(condition, {"type"}) != "Ready") continue;
    SetIn("status", "conditions", json::Array{json::Object{{"type", "Ready"}, {"status", TextAt(condition, {"status"})}}}, kept);
  }
}

bool IsOurEntry(const json::Value& entry) { return TextAt(entry, {"manager"}) == kOperatorName && TextAt(entry, {"operation"}) == "Apply"; }

// The API server's books of an object, those of other managers left out.
void KeepOwnership(const json::Value& object, json::Object& kept) {
  const auto* managed = FindMember(object, {"metadata", "managedFields"});
  if (managed == nullptr || managed->AsArray() == nullptr) return;
  json::Array ours;
  std::copy_if(managed->AsArray()->begin(), managed->AsArray()->end(), std::back_inserter(ours), IsOurEntry);
  if (!ours.empty()) SetIn("metadata", "managedFields", std::move(ours), kept);
}

bool IsReady(const json::Value& node) {
  const auto* conditions = FindMember(node, {"status", "conditions"});
  if (conditions == nullptr || conditions->AsArray() == nullptr) return false;
  for (const auto& condition : *conditions->AsArray()) {
    if (TextAt(condition, {"type"}) == "Ready") return TextAt(condition, {"status"}) == "True";
  }
  return false;
}

// The labels that the API server's books say we have applied.
std::set<std::string> OurLabels(const json::Value& node) {
  std::set<std::string> names;
  const auto* managed = FindMember(node, {"metadata", "managedFields"});
  if (managed == nullptr || managed->AsArray() == nullptr) return names;
  for (const auto& entry : *managed->AsArray()) {
    if (!IsOurEntry(entry)) continue;
    const auto* labels = FindMember(entry, {"fieldsV1", "f:metadata", "f:labels"});
    if (labels == nullptr || labels->AsObject() == nullptr) continue;
    for (const auto& [name, value] : labels->AsObject()->members()) {
      if (name.starts_with("f:")) names.insert(name.substr(2));
    }
  }
  return names;
}

NodeState NodeOf(const json::Value& object) {
  NodeState node;
  node.ready = IsReady(object);
  node.uid = TextAt(object, {"metadata", "uid"});
  const auto* labels = FindMember(object, {"metadata", "labels"});
  if (labels == nullptr || labels->AsObject() == nullptr) return node;
  const auto ours = OurLabels(object);
  for (const auto& [name, value] : labels->AsObject()->members()) {
    if (value.AsString() == nullptr) continue;
    node.labels[name] = *value.AsString();
    if (ours.contains(name)) node.ours[name] = *value.AsString();
  }
  return node;
}

std::vector<OfferState> OffersOf(const crd::NodeStatus& status) {
  std::vector<OfferState> offers;
  for (const auto& offer : status.offers) {
    if (offer.through == "devicePlugin" && offer.devices > 0) offers.push_back({offer.resource, offer.free});
  }
  return offers;
}

// A resource through dra is named as its class.
std::set<std::string> ClassesOf(const crd::NodeStatus& status) {
  std::set<std::string> classes;
  for (const auto& offer : status.offers) {
    if (offer.through == "dra") classes.insert(offer.resource.substr(offer.resource.find('/') + 1));
  }
  return classes;
}

NodeObjectState ObjectOf(const crd::NodeAccelerators& node) {
  NodeObjectState state;
  state.uid = node.meta.uid;
  state.generation = node.meta.generation;
  state.observed = node.status.observed_generation;
  state.spec = node.spec;
  state.in_force = node.status.policy;
  state.offers = OffersOf(node.status);
  state.classes = ClassesOf(node.status);
  state.functions = node.status.summary.functions;
  state.unhealthy = node.status.summary.unhealthy;
  const auto* ready = crd::FindCondition(node.status.conditions, "Ready");
  state.ready = ready != nullptr && ready->status == "True";
  if (ready != nullptr) state.ready_changed = ready->last_transition_time;
  state.no_claims = ready != nullptr && !state.ready && ready->reason == crd::kNoClaims;
  const auto* accepted = crd::FindCondition(node.status.conditions, "PolicyAccepted");
  if (accepted != nullptr && accepted->status == "False") state.refusal = accepted->message.empty() ? accepted->reason : accepted->message;
  return state;
}

// Until it was ready once since.
bool WasSoBefore(const json::Value& object, const char* note, const std::string& ready_changed) {
  const auto before = TextAt(object, {"metadata", "annotations", note});
  return !before.empty() && ready_changed <= before;
}

bool IsOurs(const json::Value& object) { return TextAt(object, {"metadata", "labels", kManagedBy}) == kOperatorName; }

std::uint64_t VersionOf(const json::Value& object) {
  return std::strtoull(TextAt(object, {"metadata", "resourceVersion"}).c_str(), nullptr, 10);
}

}  // namespace

ClassState ClassOf(const json::Value& object) {
  const auto* spec = FindMember(object, {"spec"});
  const auto* owners = FindMember(object, {"metadata", "ownerReferences"});
  return {spec == nullptr ? std::string() : json::Write(*spec), owners != nullptr && owners->AsArray() != nullptr && !owners->AsArray()->empty()};
}

json::Value ClusterState::Keep(Collection collection, const json::Value& object) {
  json::Object kept;
  for (const auto name : {"name", "uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "labels"}) {
    Copy(object, {"metadata", name}, kept);
  }
  if (collection != Collection::kNodes) Copy(object, {"spec"}, kept);
  if (collection == Collection::kClasses) Copy(object, {"metadata", "ownerReferences"}, kept);
  if (collection == Collection::kPolicies) Copy(object, {"status"}, kept);
  if (collection == Collection::kNodes) {
    KeepOwnership(object, kept);
    KeepReady(object, kept);
  }
  if (collection == Collection::kObjects) Copy(object, {"status", "conditions"}, kept);
  if (collection == Collection::kObjects) {
    json::Object ours;
    for (const auto* name : {kUnreadyBefore, kNoClaimsBefore}) {
      if (const auto* said = FindMember(object, {"metadata", "annotations", name})) ours.Set(name, *said);
    }
    if (!ours.members().empty()) SetIn("metadata", "annotations", std::move(ours), kept);
    Copy(object, {"status", "observedGeneration"}, kept);
    Copy(object, {"status", "policy"}, kept);
    Copy(object, {"status", "summary"}, kept);
    KeepOffers(object, kept);
  }
  return kept;
}

void ClusterState::Replace(Collection collection, const Objects& objects) {
  const std::lock_guard lock(mutex_);
  Clear(collection, objects);
  for (const auto& [name, object] : objects) Put(collection, name, object);
  listed_.insert(collection);
  ++changes_;
  changed_.notify_all();
}

void ClusterState::Change(Collection collection, const std::string& name, const json::Value* object) {
  const std::lock_guard lock(mutex_);
  if (object == nullptr) Erase(collection, name);
  else Put(collection, name, *object);
  ++changes_;
  changed_.notify_all();
}

void ClusterState::NoteAbsent(Collection collection) {
  const std::lock_guard lock(mutex_);
  if (collection != Collection::kClasses || !listed_.insert(collection).second) return;
  ++changes_;
  changed_.notify_all();
}

void ClusterState::NoteWritten(const std::string& node, const json::Value& object) {
  const std::lock_guard lock(mutex_);
  const auto known = versions_.find(node);
  if (known != versions_.end() && known->second < VersionOf(object)) Put(Collection::kObjects, node, object);
}

void ClusterState::NoteRefusedClasses(std::map<std::string, std::string> refused) {
  const std::lock_guard lock(mutex_);
  if (view_.refused_classes == refused) return;
  view_.refused_classes = std::move(refused);
  ++changes_;
  changed_.notify_all();
}

// What of an object only its past tells stays.
void ClusterState::Clear(Collection collection, const Objects& objects) {
  const auto gone = [&](const auto& entry) { return !objects.contains(entry.first); };
  switch (collection) {
    case Collection::kPolicies: return view_.policies.clear();
    case Collection::kNodes: return view_.nodes.clear();
    case Collection::kObjects: versions_.clear(); std::erase_if(view_.objects, gone); return;
    case Collection::kClasses: view_.classes.emplace();
  }
}

void ClusterState::Erase(Collection collection, const std::string& name) {
  switch (collection) {
    case Collection::kPolicies: view_.policies.erase(name); return;
    case Collection::kNodes: view_.nodes.erase(name); return;
    case Collection::kObjects: view_.objects.erase(name); versions_.erase(name); return;
    case Collection::kClasses: if (view_.classes) view_.classes->erase(name);
  }
}

// What cannot be read is left as it was: the API server's schema refuses it.
void ClusterState::Put(Collection collection, const std::string& name, const json::Value& object) {
  if (collection == Collection::kNodes) {
    view_.nodes[name] = NodeOf(object);
  } else if (collection == Collection::kPolicies) {
    auto policy = crd::ReadAcceleratorPolicy(object);
    if (!policy) return Log(kError, "a policy cannot be read", {{"policy", name}, {"reason", policy.error().message()}});
    view_.policies[name] = *std::move(policy);
  } else if (collection == Collection::kObjects) {
    const auto node = crd::ReadNodeAccelerators(object);
    if (!node) return Log(kError, "a NodeAccelerators cannot be read", {{"node", name}, {"reason", node.error().message()}});
    auto state = ObjectOf(*node);
    state.unready_before = WasSoBefore(object, kUnreadyBefore, state.ready_changed);
    state.no_claims_before = WasSoBefore(object, kNoClaimsBefore, state.ready_changed);
    auto& known = view_.objects[name];
    known = Continue(known, std::move(state), now_());
    versions_[name] = VersionOf(object);
  } else if (view_.classes) {
    if (IsOurs(object)) (*view_.classes)[name] = ClassOf(object);
    else view_.classes->erase(name);
  }
}

std::optional<ClusterView> ClusterState::View() const {
  const std::lock_guard lock(mutex_);
  if (listed_.size() < kCollections) return std::nullopt;
  return view_;
}

std::uint64_t ClusterState::Next(std::uint64_t seen, std::chrono::milliseconds timeout, const std::stop_token& stop) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, stop, timeout, [&] { return changes_ != seen; });
  return changes_;
}

}  // namespace nacelle

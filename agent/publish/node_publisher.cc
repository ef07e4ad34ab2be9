// SPDX-License-Identifier: Apache-2.0
#include "agent/publish/node_publisher.h"

#include <cstdlib>
#include <functional>
#include <utility>

#include "agent/publish/build_status.h"
#include "core/base/memory.h"
#include "core/crd/time_text.h"

namespace nacelle {
namespace {

json::Object Header() { return {{"apiVersion", crd::kApiVersion}, {"kind", "NodeAccelerators"}}; }

// Versions of one resource grow.
std::uint64_t VersionOf(const json::Value& object) {
  return std::strtoull(TextAt(object, {"metadata", "resourceVersion"}).c_str(), nullptr, 10);
}

std::string OwnerOf(const json::Value& object) {
  const auto* owners = FindMember(object, {"metadata", "ownerReferences"});
  if (owners == nullptr || owners->AsArray() == nullptr) return {};
  for (const auto& owner : *owners->AsArray()) {
    if (TextAt(owner, {"kind"}) == "Node") return TextAt(owner, {"uid"});
  }
  return {};
}

// What is kept of the object as the watch shows it. Its status may be a megabyte, of which
// all that matters but these members is whether it is another: a hash of its text.
constexpr const char* kStatusHash = "statusHash";
json::Value Kept(const json::Value& object) {
  json::Object kept;
  for (const auto* name : {"metadata", "spec"}) {
    if (const auto* member = FindMember(object, {name})) kept.Set(name, *member);
  }
  json::Object status;
  for (const auto* name : {"policy", "conditions"}) {
    if (const auto* member = FindMember(object, {"status", name})) status.Set(name, *member);
  }
  kept.Set("status", std::move(status));
  if (const auto* whole = FindMember(object, {"status"})) {
    kept.Set(kStatusHash, std::to_string(std::hash<std::string>()(json::WriteSorted(*whole))));
  }
  return kept;
}

crd::Condition ReadyCondition(const NodeView& view, std::int64_t generation) {
  crd::Condition condition{"Ready", "True", generation, "Registered", "", crd::NowText()};
  if (view.ready.healthy && view.claims_ready.healthy) return condition;
  condition.status = "False";
  condition.reason = view.ready.healthy ? crd::kNoClaims : "NotRegistered";
  condition.message = view.ready.healthy ? view.claims_ready.reason : view.ready.reason;
  return condition;
}

crd::Condition AcceptedCondition(const NodePublisher::Verdict& verdict, std::int64_t generation) {
  crd::Condition condition{"PolicyAccepted", "Unknown", generation, "NotYetRead", "", crd::NowText()};
  if (!verdict) return condition;
  condition.status = *verdict ? "True" : "False";
  condition.reason = *verdict ? "InForce" : "Refused";
  if (!*verdict) condition.message = verdict->error().message();
  return condition;
}

}  // namespace

std::string PolicyText(const crd::NodeSpec& spec) {
  return json::Write(json::Object{{"apiVersion", crd::kApiVersion},
                                  {"kind", "AcceleratorPolicy"},
                                  {"metadata", json::Object{{"name", spec.policy ? spec.policy->name : "none"}}},
                                  {"spec", crd::WriteRules(spec.rules)}});
}

NodePublisher::NodePublisher(Parts parts, const NodePublisherOptions& options)
    : parts_(std::move(parts)),
      options_(options),
      path_(std::string(crd::kNodes) + '/' + EscapePathPart(parts_.node)),
      back_off_(options.retry_first, options.retry_most) {}

Status NodePublisher::RunWatch(const std::stop_token& stop) {
  auto options = options_.watch;
  options.keep = Kept;
  options.on_failure = [this](const Error& error) { NoteFailure(error); };
  ObjectWatch watch(parts_.api, std::string(crd::kNodes), {{"fieldSelector", "metadata.name=" + parts_.node}},
                    [this](const auto& objects) { Note(objects); }, options);
  return watch.Run(stop);
}

void NodePublisher::Note(const ObjectWatch::Objects& objects) {
  const auto it = objects.find(parts_.node);
  const bool exists = it != objects.end();
  auto present = std::make_shared<Present>(exists ? Read(it->second) : Present());
  std::optional<std::string> text;
  if (present->policy) text = present->policy_text;
  bool waits = false;
  {
    const std::lock_guard lock(mutex_);
    if (exists) present->version = shown_ = VersionOf(it->second);
    if (!exists) none_from_ = std::chrono::steady_clock::now() + options_.await_policy;
    if (text) none_from_.reset();
    waits = none_from_.has_value();
    present->noted = ++noted_;
    present_ = std::move(present);
  }
  if (!exists) parts_.no_object();
  else if (!waits) parts_.take_policy(text);
}

// Where the cluster has no such resource, or gives no right to it, there is
// nothing to wait for.
void NodePublisher::NoteFailure(const Error& error) {
  if (error.code() != Code::kNotFound && error.code() != Code::kDenied) return;
  {
    const std::lock_guard lock(mutex_);
    present_.reset();
  }
  parts_.no_object();
}

void NodePublisher::TakeNone() {
  {
    const std::lock_guard lock(mutex_);
    if (present_ == nullptr || !present_->exists || !none_from_ || std::chrono::steady_clock::now() < *none_from_) return;
    none_from_.reset();
  }
  parts_.take_policy(std::nullopt);
}

NodePublisher::Present NodePublisher::Read(const json::Value& object) const {
  Present present;
  present.exists = true;
  present.owner = OwnerOf(object);
  const auto node = crd::ReadNodeAccelerators(object);
  present.generation = crd::ReadMeta(object).generation;
  // The server's schema refuses what cannot be read; if it comes all the same,
  // the status is written anew, and nothing is taken from the spec.
  if (!node) return present;
  present.policy = node->spec.policy;
  if (present.policy) present.policy_text = PolicyText(node->spec);
  present.status = std::strtoull(TextAt(object, {kStatusHash}).c_str(), nullptr, 10);
  present.policy_in_force = node->status.policy;
  present.conditions = node->status.conditions;
  return present;
}

std::shared_ptr<const NodePublisher::Present> NodePublisher::Newest() const {
  const std::lock_guard lock(mutex_);
  return present_;
}

// Whether what the watch shows is newer than what was written last: an object
// that is not there may be one that is not shown yet.
bool NodePublisher::IsSettled() const {
  if (std::chrono::steady_clock::now() - written_at_ > options_.settle) return true;
  const std::lock_guard lock(mutex_);
  return shown_ >= written_;
}

Status NodePublisher::Run(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    seen = parts_.feed.Next(seen, options_.look, stop).generation;
    const auto before = written_at_;
    const auto status = Step(stop);
    // A status is as large as the machine, and seldom built.
    if (std::exchange(built_, false)) GiveBackMemory();
    if (written_at_ != before) {
      Pause(options_.write_gap, stop);
      // The watch has shown it meanwhile, as a rule.
      GiveBackMemory();
    }
    if (stop.stop_requested()) break;
    Report(status);
    if (!status) Pause(back_off_.Next(), stop);
  }
  return {};
}

Status NodePublisher::Step(const std::stop_token& stop) {
  TakeNone();
  const auto present = Newest();
  if (present == nullptr || !IsSettled()) return {};
  Basis basis{parts_.view(), present->noted, present->policy ? parts_.verdict(present->policy_text) : Verdict()};
  if (basis.view.inventory == nullptr || shown_as_it_is_ == basis) return {};
  built_ = true;
  auto status = WantedStatus(basis, *present);
  const auto text = std::hash<std::string>()(json::WriteSorted(status));
  if (present->exists && !present->owner.empty() && IsShown(text, *present)) {
    shown_as_it_is_ = std::move(basis);
    return {};
  }
  if (!present->exists || present->owner.empty()) {
    if (auto applied = ApplyObject(stop); !applied) return applied;
  }
  if (auto applied = ApplyStatus(std::move(status), stop); !applied) return applied;
  wrote_ = text;
  came_to_.reset();
  return {};
}

// What a write of the same has come to is not written again, though it is not the same:
// somebody else has members of it, too, or the server's schema drops some.
bool NodePublisher::IsShown(std::size_t text, const Present& present) {
  if (text == wrote_ && present.version == written_) came_to_ = present.status;
  return text == present.status || (text == wrote_ && came_to_ == present.status);
}

crd::NodeStatus NodePublisher::Wanted(const Basis& basis, const Present& present) const {
  auto status = BuildStatus(basis.view);
  status.observed_generation = present.generation;
  status.conditions = present.conditions;
  crd::SetCondition(status.conditions, ReadyCondition(basis.view, present.generation));
  std::erase_if(status.conditions, [&](const auto& one) { return one.type == "PolicyAccepted" && !present.policy; });
  if (!present.policy) return status;
  const auto& verdict = basis.verdict;
  // What was in force stays so while the new one is refused, or not yet read.
  status.policy = verdict && *verdict ? present.policy : present.policy_in_force;
  if (basis.view.no_policy) status.policy.reset();
  crd::SetCondition(status.conditions, AcceptedCondition(verdict, present.generation));
  return status;
}

json::Object NodePublisher::WantedStatus(const Basis& basis, const Present& present) const {
  auto wanted = Wanted(basis, present);
  Truncate(wanted, options_.most_bytes);
  return crd::WriteNodeStatus(wanted);
}

Result<std::string> NodePublisher::OwnerUid(const std::stop_token& stop) const {
  const auto node = parts_.api.Call({"GET", "/api/v1/nodes/" + EscapePathPart(parts_.node), {}, {}, {}}, stop);
  if (!node) return Error(node.error()).In("node " + parts_.node);
  return TextAt(*node, {"metadata", "uid"});
}

Status NodePublisher::ApplyObject(const std::stop_token& stop) {
  const auto uid = OwnerUid(stop);
  if (!uid) return uid.error();
  auto object = Header();
  const json::Object owner{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", parts_.node}, {"uid", *uid}};
  object.Set("metadata", json::Object{{"name", parts_.node}, {"ownerReferences", json::Array{owner}}});
  const auto applied = Apply(parts_.api, path_, std::move(object), stop, {.metadata_only = true});
  return applied ? Status() : Status(applied.error());
}

Status NodePublisher::ApplyStatus(json::Object status, const std::stop_token& stop) {
  auto object = Header();
  object.Set("metadata", json::Object{{"name", parts_.node}});
  object.Set("status", std::move(status));
  auto applied = Apply(parts_.api, path_ + "/status", std::move(object), stop, {.metadata_only = true});
  if (!applied) return std::move(applied).error();
  written_ = VersionOf(*applied);
  written_at_ = std::chrono::steady_clock::now();
  return {};
}

void NodePublisher::Report(const Status& status) {
  if (status) back_off_.Reset();
  failures_.Note(status);
}

}  // namespace nacelle

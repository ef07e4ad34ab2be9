// SPDX-License-Identifier: Apache-2.0
#include "operator/control/spec_writer.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "core/base/join.h"
#include "operator/control/object_text.h"

namespace nacelle {
namespace {

// The members of a spec that are not as they were applied: "spec.offers, spec.rest".
std::string Differing(const crd::NodeSpec& wanted, const crd::NodeSpec& found) {
  const auto want = crd::WriteNodeSpec(wanted);
  const auto have = crd::WriteNodeSpec(found);
  std::vector<std::string> names;
  for (const auto& [name, value] : have.members()) {
    const auto* wants = want.Find(name);
    if (wants == nullptr || json::Write(*wants) != json::Write(value)) names.push_back("spec." + name);
  }
  for (const auto& [name, value] : want.members()) {
    if (have.Find(name) == nullptr) names.push_back("spec." + name);
  }
  return Join(names, ", ");
}

}  // namespace

SpecWriter::SpecWriter(ApiClient& api, ClusterState& state, WriteLog& log, std::function<bool()> leads, const SpecWriterOptions& options)
    : api_(api), state_(state), log_(log), leads_(std::move(leads)), options_(options) {}

std::map<std::string, UnwrittenSpec> SpecWriter::Unwritten(const ClusterView& view, Time now) {
  std::erase_if(tried_, [&](const auto& entry) {
    const auto object = view.objects.find(entry.first);
    return object == view.objects.end() || object->second.uid != entry.second.uid || !(object->second.spec == entry.second.found);
  });
  std::map<std::string, UnwrittenSpec> unwritten;
  for (const auto& [name, tried] : tried_) {
    const bool in_doubt = tried.unanswered > 0 && tried.unanswered < options_.tries_in_doubt;
    unwritten[name] = {tried.wanted, tried.reason, tried.again && now >= *tried.again, !tried.again, in_doubt};
  }
  return unwritten;
}

bool SpecWriter::Write(const ClusterView& view, const Plan& plan, Time now, const std::stop_token& stop) {
  bool well = true;
  for (const auto& [name, spec] : plan.specs) {
    if (!leads_() || stop.stop_requested()) return well;
    well &= WriteOne(view, plan, name, now, stop);
  }
  return well;
}

bool SpecWriter::WriteOne(const ClusterView& view, const Plan& plan, const std::string& name, Time now, const std::stop_token& stop) {
  const auto& object = view.objects.at(name);
  const auto& spec = plan.specs.at(name);
  // With its uid an object that is gone is not made anew: it is the agent's.
  const bool unready = plan.unready.contains(name);
  json::Object meta{{"name", name}, {"uid", object.uid}};
  if (unready) meta.Set("annotations", json::Object{{kUnreadyBefore, view.now}});
  else if (plan.no_claims.contains(name)) meta.Set("annotations", json::Object{{kNoClaimsBefore, view.now}});
  const auto written = ApplyOne(name, spec, std::move(meta), stop);
  if (!written) {
    (void)log_.Note("NodeAccelerators", name, written.error());
    Tried tried{spec, object.uid, object.spec, written.error().message(), now};
    if (written.error().code() == Code::kUnavailable && !unready) tried.unanswered = 1;
    NoteForLater(name, std::move(tried), written.error().code(), now);
    return false;
  }
  if (*written == spec) {
    tried_.erase(name);
    return log_.Note("NodeAccelerators", name, {});
  }
  const auto reason = Differing(spec, *written) + " is not as it was applied: somebody else has set it, or the custom resource definitions are of another version";
  (void)log_.Note("NodeAccelerators", name, Error(Code::kConflict, reason));
  tried_[name] = {spec, object.uid, *written, reason, std::nullopt};
  return false;
}

Result<crd::NodeSpec> SpecWriter::ApplyOne(const std::string& name, const crd::NodeSpec& spec, json::Object meta, const std::stop_token& stop) {
  auto object = ObjectOf(crd::kApiVersion, "NodeAccelerators", std::move(meta));
  if (spec.policy) object.Set("spec", crd::WriteNodeSpec(spec));
  const auto written = Apply(api_, PathOf(crd::kNodes, name), object, stop, {kOperatorName, false});
  if (!written) return written.error();
  const auto kept = ClusterState::Keep(Collection::kObjects, *written);
  state_.NoteWritten(name, kept);
  const auto node = crd::ReadNodeAccelerators(kept);
  if (!node) return node.error();
  return node->spec;
}

void SpecWriter::NoteForLater(const std::string& name, Tried tried, Code code, Time now) {
  const auto before = tried_.find(name);
  const bool again = before != tried_.end() && before->second.wanted == tried.wanted && before->second.again;
  const auto most = code == Code::kUnavailable ? options_.most_without_answer : options_.most;
  tried.gap = std::min(again ? 2 * before->second.gap : options_.first, most);
  tried.again = now + tried.gap;
  if (again && tried.unanswered > 0) tried.unanswered += before->second.unanswered;
  tried_[name] = std::move(tried);
}

std::optional<std::chrono::milliseconds> SpecWriter::DueIn(Time now) const {
  std::optional<std::chrono::milliseconds> first;
  for (const auto& [name, tried] : tried_) {
    // One that is due and was not tried waits for other nodes, not for a time.
    if (!tried.again || *tried.again <= now) continue;
    const auto due = std::chrono::ceil<std::chrono::milliseconds>(*tried.again - now);
    first = first ? std::min(*first, due) : due;
  }
  return first;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "operator/control/class_writer.h"

#include <algorithm>
#include <utility>

#include "operator/control/cluster_state.h"
#include "operator/control/object_text.h"
#include "operator/control/release_owner.h"

namespace nacelle {
namespace {

constexpr const char* kClasses = "/apis/resource.k8s.io/v1/deviceclasses";

}  // namespace

ClassWriter::ClassWriter(ApiClient& api, WriteLog& log, std::function<bool()> leads, const ClassWriterOptions& options)
    : api_(api), log_(log), leads_(std::move(leads)), options_(options) {}

bool ClassWriter::Write(const ClusterView& view, const Plan& plan, Time now, const std::stop_token& stop) {
  std::erase_if(tried_, [&](const auto& entry) { return !plan.classes.contains(entry.first); });
  bool well = true;
  for (const auto& [name, wanted] : plan.classes) {
    const auto present = view.classes->find(name);
    const auto found = present == view.classes->end() ? ClassState() : present->second;
    if (!IsDue(name, wanted, found, now)) continue;
    if (!leads_() || stop.stop_requested()) return well;
    well &= WriteOne(name, wanted, found, now, stop);
  }
  for (const auto& name : plan.classes_to_delete) {
    if (!leads_() || stop.stop_requested()) return well;
    well &= log_.Note("DeviceClass", name, Delete(api_, PathOf(kClasses, name), stop));
  }
  return well;
}

// The same again would change nothing where the server has left a part out.
bool ClassWriter::IsDue(const std::string& name, const std::string& wanted, const ClassState& found, Time now) const {
  const auto tried = tried_.find(name);
  if (tried == tried_.end() || tried->second.wanted != wanted || !(tried->second.found == found)) return true;
  return tried->second.again && now >= *tried->second.again;
}

bool ClassWriter::WriteOne(const std::string& name, const std::string& wanted, const ClassState& found, Time now, const std::stop_token& stop) {
  auto owners = OwnersInRelease(api_, stop);
  if (!owners) return log_.Note("DeviceClass", name, owners.error());
  const bool is_owned = !owners->empty();
  const auto applied = ApplyOne(name, wanted, *std::move(owners), stop);
  if (!log_.Note("DeviceClass", name, StatusOf(applied))) return false;
  if (!applied) {
    NoteForLater(name, {wanted, found, applied.error().message()}, now);
  } else if (is_owned) {
    tried_[name] = {wanted, ClassOf(*applied)};
  } else {
    NoteForLater(name, {wanted, ClassOf(*applied)}, now);
  }
  return true;
}

Result<json::Value> ClassWriter::ApplyOne(const std::string& name, const std::string& wanted, json::Array owners,
                                          const std::stop_token& stop) {
  auto spec = json::Parse(wanted);
  if (!spec) return spec.error();
  json::Object meta{{"name", name}, {"labels", json::Object{{kManagedBy, kOperatorName}}}};
  if (!owners.empty()) meta.Set("ownerReferences", std::move(owners));
  auto object = ObjectOf("resource.k8s.io/v1", "DeviceClass", std::move(meta));
  object.Set("spec", *std::move(spec));
  return Apply(api_, PathOf(kClasses, name), object, stop, {kOperatorName, false});
}

void ClassWriter::NoteForLater(const std::string& name, Tried tried, Time now) {
  const auto before = tried_.find(name);
  const bool again = before != tried_.end() && before->second.wanted == tried.wanted && before->second.again;
  tried.gap = again ? std::min(2 * before->second.gap, options_.most) : options_.first;
  tried.again = now + tried.gap;
  tried_[name] = std::move(tried);
}

std::optional<std::chrono::milliseconds> ClassWriter::DueIn(Time now) const {
  std::optional<std::chrono::milliseconds> first;
  for (const auto& [name, tried] : tried_) {
    if (!tried.again) continue;
    const auto due = std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(*tried.again - now));
    first = first ? std::min(*first, due) : due;
  }
  return first;
}

std::map<std::string, std::string> ClassWriter::Refused() const {
  std::map<std::string, std::string> refused;
  for (const auto& [name, tried] : tried_) {
    if (!tried.refusal.empty()) refused[name] = tried.refusal;
  }
  return refused;
}

}  // namespace nacelle

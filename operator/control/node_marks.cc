// SPDX-License-Identifier: Apache-2.0
#include "operator/control/node_marks.h"

#include <algorithm>

#include "operator/control/object_text.h"
#include "operator/plan/node_events.h"

namespace nacelle {
namespace {

constexpr const char* kNodes = "/api/v1/nodes";

json::Object WithLabels(const std::string& name, const NodeState& node, const std::map<std::string, std::string>& labels) {
  json::Object texts;
  for (const auto& [label, value] : labels) texts.Set(label, value);
  // With its uid a node that is gone is not made anew.
  return ObjectOf("v1", "Node", {{"name", name}, {"uid", node.uid}, {"labels", std::move(texts)}});
}

}  // namespace

NodeMarks::NodeMarks(ApiClient& api, EventWriter& events, WriteLog& log, std::function<bool()> leads, const NodeMarksOptions& options)
    : api_(api), events_(events), log_(log), leads_(std::move(leads)), options_(options) {}

bool NodeMarks::WriteLabels(const ClusterView& view, const Plan& plan, Time now, const std::stop_token& stop) {
  labels_due_.reset();
  std::erase_if(refused_, [&](const auto& entry) { return entry.second <= now || !plan.labels.contains(entry.first); });
  if (!options_.labels || plan.labels.empty()) return true;
  labels_due_ = NextLabels(plan.labels.size());
  if (now < *labels_due_) return true;
  bool well = true;
  auto left = options_.labels_a_round;
  for (const auto& [name, labels] : plan.labels) {
    if (refused_.contains(name)) continue;
    // The next round follows at once.
    if (left-- == 0 || !leads_() || stop.stop_requested()) return well;
    const auto applied = Apply(api_, PathOf(kNodes, name), WithLabels(name, view.nodes.at(name), labels), stop, {kOperatorName, false});
    const bool done = log_.Note("Node", name, StatusOf(applied));
    if (!applied && done) refused_[name] = now + options_.refused_gap;
    well &= done;
  }
  labelled_at_ = now;
  labels_due_.reset();
  if (!refused_.empty()) labels_due_ = NextLabels(refused_.size());
  return well;
}

// When labels of so many nodes are to be written.
NodeMarks::Time NodeMarks::NextLabels(std::size_t nodes) const {
  auto due = labelled_at_ + options_.label_gap;
  if (refused_.size() < nodes) return due;
  const auto first = std::min_element(refused_.begin(), refused_.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
  return std::max(due, first->second);
}

std::optional<std::chrono::milliseconds> NodeMarks::LabelsDueIn(Time now) const {
  if (!labels_due_) return std::nullopt;
  return std::max(std::chrono::milliseconds(0), std::chrono::duration_cast<std::chrono::milliseconds>(*labels_due_ - now));
}

void NodeMarks::WriteEvents(const ClusterView& view, Time now, const std::stop_token& stop) {
  static const NodeObjectState none;
  if (seen_) {
    for (const auto& [name, object] : view.objects) {
      const auto before = seen_->find(name);
      if (before != seen_->end() && before->second == object) continue;
      WriteEventsOf(view, name, before == seen_->end() ? none : before->second, object, now, stop);
    }
  }
  seen_ = view.objects;
}

void NodeMarks::WriteEventsOf(const ClusterView& view, const std::string& name, const NodeObjectState& before, const NodeObjectState& after,
                              Time now, const std::stop_token& stop) {
  const auto node = view.nodes.find(name);
  if (node == view.nodes.end() || !leads_() || stop.stop_requested()) return;
  for (const auto& event : EventsBetween(name, before, after)) {
    events_.Write({"v1", "Node", name, node->second.uid}, "Watch", event, view.now, now, stop);
  }
}

void NodeMarks::Forget() {
  seen_.reset();
  labels_due_.reset();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "operator/control/reconciler.h"

#include <algorithm>
#include <utility>

#include "core/crd/time_text.h"
#include "core/kube/back_off.h"
#include "operator/control/object_text.h"
#include "operator/plan/policy_events.h"

namespace nacelle {
namespace {

constexpr const char* kPlans = "nacelle_operator_plans_total";
constexpr const char* kPolicyNodes = "nacelle_operator_policy_nodes";
constexpr const char* kLeader = "nacelle_operator_leader";
constexpr std::chrono::milliseconds kRetry{1'000};
constexpr std::chrono::milliseconds kAwaitLead{500};

}  // namespace

Reconciler::Reconciler(ApiClient& api, ClusterState& state, std::function<bool()> leads, Metrics& metrics,
                       const ReconcilerOptions& options)
    : api_(api), state_(state), leads_(std::move(leads)), metrics_(metrics), options_(options),
      log_(metrics), events_(api, log_, options.identity), marks_(api, events_, log_, leads_, options.marks),
      specs_(api, state, log_, leads_, options.specs), classes_(api, log_, leads_, options.classes) {
  metrics_.Set(kLeader, {}, 0);
}

Status Reconciler::Run(const std::stop_token& stop) {
  std::uint64_t seen = 0;
  while (!stop.stop_requested()) {
    const bool leads = leads_();
    metrics_.Set(kLeader, {}, leads ? 1 : 0);
    if (!leads) {
      Pause(kAwaitLead, stop);
      // A new leader looks at everything.
      seen = 0;
      marks_.Forget();
      continue;
    }
    const auto changes = state_.Next(seen, Rest(SpecWriter::Time::clock::now()), stop);
    Pause(options_.gather, stop);
    if (stop.stop_requested()) break;
    seen = changes;
    if (Step(stop)) continue;
    seen = 0;
    Pause(kRetry, stop);
  }
  return {};
}

std::chrono::milliseconds Reconciler::Rest(SpecWriter::Time now) const {
  const auto labels = marks_.LabelsDueIn(now).value_or(options_.look_anyway);
  const auto specs = specs_.DueIn(now).value_or(options_.look_anyway);
  const auto status = status_due_ ? std::chrono::ceil<std::chrono::milliseconds>(*status_due_ - now) : options_.look_anyway;
  return std::min({labels, specs, std::max(status, std::chrono::milliseconds(0)), classes_.DueIn(now).value_or(options_.look_anyway), options_.look_anyway});
}

bool Reconciler::Step(const std::stop_token& stop) {
  auto view = state_.View();
  if (!view) return true;
  view->now = crd::NowText();
  view->max_unavailable_percent = options_.max_unavailable_percent;
  const auto now = SpecWriter::Time::clock::now();
  view->unwritten = specs_.Unwritten(*view, now);
  const auto plan = MakePlan(*view);
  metrics_.Add(kPlans);
  ShowPolicies(*view, plan);
  // Each is tried, whatever becomes of the others.
  const bool specs = specs_.Write(*view, plan, now, stop);
  const bool statuses = WriteStatuses(*view, plan, now, stop);
  const bool classes = classes_.Write(*view, plan, now, stop);
  // The next plan says it of their policies.
  state_.NoteRefusedClasses(classes_.Refused());
  marks_.WriteEvents(*view, now, stop);
  const bool labels = marks_.WriteLabels(*view, plan, now, stop);
  return specs && statuses && classes && labels;
}

void Reconciler::ShowPolicies(const ClusterView& view, const Plan& plan) {
  std::vector<Metrics::Sample> samples;
  for (const auto& [name, policy] : view.policies) {
    const auto planned = plan.statuses.find(name);
    const auto& nodes = (planned == plan.statuses.end() ? policy.status : planned->second).nodes;
    samples.push_back({{{"policy", name}, {"state", "selected"}}, static_cast<double>(nodes.selected)});
    samples.push_back({{{"policy", name}, {"state", "ready"}}, static_cast<double>(nodes.ready)});
    samples.push_back({{{"policy", name}, {"state", "outOfDate"}}, static_cast<double>(nodes.out_of_date)});
  }
  metrics_.Replace(kPolicyNodes, samples);
}

bool Reconciler::WriteStatuses(const ClusterView& view, const Plan& plan, SpecWriter::Time now, const std::stop_token& stop) {
  std::erase_if(statuses_, [&](const auto& entry) { return now - entry.second >= options_.status_gap; });
  status_due_.reset();
  bool well = true;
  for (const auto& [name, status] : plan.statuses) {
    if (!leads_() || stop.stop_requested()) return well;
    if (const auto written = statuses_.find(name); written != statuses_.end()) {
      const auto due = written->second + options_.status_gap;
      status_due_ = status_due_ ? std::min(*status_due_, due) : due;
      continue;
    }
    well &= WriteStatus(view, name, status, now, stop);
  }
  return well;
}

bool Reconciler::WriteStatus(const ClusterView& view, const std::string& name, const crd::PolicyStatus& status, SpecWriter::Time now,
                             const std::stop_token& stop) {
  auto object = ObjectOf(crd::kApiVersion, "AcceleratorPolicy", {{"name", name}});
  object.Set("status", crd::WritePolicyStatus(status));
  const auto written = StatusOf(Apply(api_, PathOf(crd::kPolicies, name) + "/status", object, stop, {kOperatorName, true}));
  statuses_[name] = now;
  const bool well = log_.Note("AcceleratorPolicy", name, written);
  if (!written) return well;
  const auto& policy = view.policies.at(name);
  const Regarding regarding{std::string(crd::kApiVersion), "AcceleratorPolicy", name, policy.meta.uid, policy.meta.generation};
  for (const auto& event : EventsBetween(policy.status, status)) events_.Write(regarding, "RollOut", event, view.now, now, stop);
  return well;
}

}  // namespace nacelle

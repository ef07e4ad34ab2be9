// SPDX-License-Identifier: Apache-2.0
#include "operator/control/reconciler.h"

#include <ctime>
#include <utility>

#include "core/base/log.h"
#include "core/kube/back_off.h"

namespace nacelle {
namespace {

constexpr const char* kPlans = "nacelle_operator_plans_total";
constexpr const char* kWrites = "nacelle_operator_writes_total";
constexpr const char* kFailures = "nacelle_operator_write_failures_total";
constexpr const char* kLeader = "nacelle_operator_leader";
constexpr std::chrono::milliseconds kRetry{1'000};
constexpr std::chrono::milliseconds kAwaitLead{500};
constexpr const char* kClasses = "/apis/resource.k8s.io/v1/deviceclasses";
// Where events about objects without a namespace are.
constexpr const char* kEvents = "/apis/events.k8s.io/v1/namespaces/default/events";

std::string Now() {
  const auto now = std::time(nullptr);
  std::tm utc{};
  gmtime_r(&now, &utc);
  char text[sizeof("2026-01-01T00:00:00Z")];
  return {text, std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc)};
}

json::Object ObjectOf(std::string_view version, std::string_view kind, json::Object metadata) {
  return {{"apiVersion", version}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

std::string PathOf(std::string_view collection, const std::string& name) {
  return std::string(collection) + '/' + EscapePathPart(name);
}

Status StatusOf(const Result<json::Value>& result) { return result ? Status() : Status(result.error()); }

}  // namespace

Reconciler::Reconciler(ApiClient& api, ClusterState& state, std::function<bool()> leads, Metrics& metrics,
                       const ReconcilerOptions& options)
    : api_(api), state_(state), leads_(std::move(leads)), metrics_(metrics), options_(options) {
  metrics_.DeclareCounter(kPlans, "How often it was decided what is to be written.");
  metrics_.DeclareCounter(kWrites, "Objects written, by kind.");
  metrics_.DeclareCounter(kFailures, "Objects that could not be written, by kind.");
  metrics_.DeclareGauge(kLeader, "Whether this replica leads.");
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
      continue;
    }
    const auto changes = state_.Next(seen, options_.look_anyway, stop);
    Pause(options_.gather, stop);
    if (stop.stop_requested()) break;
    seen = changes;
    if (Step(stop)) continue;
    seen = 0;
    Pause(kRetry, stop);
  }
  return {};
}

bool Reconciler::Step(const std::stop_token& stop) {
  auto view = state_.View();
  if (!view) return true;
  view->now = Now();
  view->max_unavailable_percent = options_.max_unavailable_percent;
  const auto plan = MakePlan(*view);
  metrics_.Add(kPlans);
  // Each is tried, whatever becomes of the others.
  const bool specs = WriteSpecs(*view, plan, stop);
  const bool statuses = WriteStatuses(*view, plan, stop);
  const bool classes = WriteClasses(plan, stop);
  return specs && statuses && classes;
}

bool Reconciler::WriteSpecs(const ClusterView& view, const Plan& plan, const std::stop_token& stop) {
  bool well = true;
  for (const auto& [name, spec] : plan.specs) {
    if (!leads_() || stop.stop_requested()) return well;
    // With its uid an object that is gone is not made anew: it is the agent's.
    auto object = ObjectOf(crd::kApiVersion, "NodeAccelerators", {{"name", name}, {"uid", view.objects.at(name).uid}});
    if (spec.policy) object.Set("spec", crd::WriteNodeSpec(spec));
    // What a person has set stays: then the node is out of date, and the log says why.
    const auto written = Apply(api_, PathOf(crd::kNodes, name), object, stop, {kOperatorName, false});
    if (written) state_.NoteWritten(name, ClusterState::Keep(Collection::kObjects, *written));
    well &= Note("NodeAccelerators", name, StatusOf(written));
  }
  return well;
}

bool Reconciler::WriteStatuses(const ClusterView& view, const Plan& plan, const std::stop_token& stop) {
  bool well = true;
  for (const auto& [name, status] : plan.statuses) {
    if (!leads_() || stop.stop_requested()) return well;
    auto object = ObjectOf(crd::kApiVersion, "AcceleratorPolicy", {{"name", name}});
    object.Set("status", crd::WritePolicyStatus(status));
    const auto path = PathOf(crd::kPolicies, name) + "/status";
    const auto written = StatusOf(Apply(api_, path, object, stop, {kOperatorName, true}));
    well &= Note("AcceleratorPolicy", name, written);
    if (!written) continue;
    const auto& policy = view.policies.at(name);
    for (const auto& event : EventsBetween(policy.status, status)) WriteEvent(view, policy.meta, event, stop);
  }
  return well;
}

// Once, whether it arrives or not: the condition stays, and says the same.
void Reconciler::WriteEvent(const ClusterView& view, const crd::ObjectMeta& policy, const PolicyEvent& event,
                            const std::stop_token& stop) {
  auto object = ObjectOf("events.k8s.io/v1", "Event", {{"generateName", policy.name + "-"}, {"namespace", "default"}});
  object.Set("eventTime", view.now.substr(0, view.now.find('Z')) + ".000000Z");
  object.Set("reportingController", "nacelle.dev/operator");
  object.Set("reportingInstance", options_.identity);
  object.Set("action", "RollOut");
  object.Set("reason", event.reason);
  object.Set("note", event.note);
  object.Set("type", event.warning ? "Warning" : "Normal");
  object.Set("regarding", json::Object{{"apiVersion", crd::kApiVersion}, {"kind", "AcceleratorPolicy"}, {"name", policy.name}, {"uid", policy.uid}});
  ApiRequest request{"POST", kEvents, {{"fieldManager", std::string(kOperatorName)}}, json::Write(object), "application/json"};
  (void)Note("Event", policy.name, StatusOf(api_.Call(request, stop)));
}

bool Reconciler::WriteClasses(const Plan& plan, const std::stop_token& stop) {
  bool well = true;
  for (const auto& [name, spec] : plan.classes) {
    if (!leads_() || stop.stop_requested()) return well;
    const auto value = json::Parse(spec);
    if (!value) continue;
    auto object = ObjectOf("resource.k8s.io/v1", "DeviceClass", {{"name", name}, {"labels", json::Object{{kManagedBy, kOperatorName}}}});
    object.Set("spec", *value);
    well &= Note("DeviceClass", name, StatusOf(Apply(api_, PathOf(kClasses, name), object, stop, {kOperatorName, false})));
  }
  for (const auto& name : plan.classes_to_delete) {
    if (!leads_() || stop.stop_requested()) return well;
    well &= Note("DeviceClass", name, Delete(api_, PathOf(kClasses, name), stop));
  }
  return well;
}

// Each failure once, until something else happens to the same object.
bool Reconciler::Note(const std::string& kind, const std::string& name, const Status& status) {
  metrics_.Add(status ? kWrites : kFailures, {{"kind", kind}});
  const auto what = kind + "/" + name;
  if (status) return reported_.erase(what), true;
  auto& reported = reported_[what];
  if (reported != status.error().message()) Log(kWarning, "cannot be written", {{"object", what}, {"reason", status.error().message()}});
  reported = status.error().message();
  // What is refused is not tried again before something changes.
  return status.error().code() != Code::kUnavailable;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/definitions.h"

namespace nacelle {
namespace {

using enum MetricDefinition::Kind;

std::string Row(const MetricDefinition& metric) {
  std::string labels;
  for (const auto label : metric.labels) labels += (labels.empty() ? "`" : ", `") + std::string(label) + '`';
  return "| `" + std::string(metric.name) + "` | " + (metric.kind == kCounter ? "counter" : "gauge") + " | " + labels + " | " +
         std::string(metric.help) + " |\n";
}

std::string Table(std::span<const MetricDefinition> metrics) {
  std::string text = "| metric | kind | labels | meaning |\n|---|---|---|---|\n";
  for (const auto& metric : metrics) text += Row(metric);
  return text;
}

}  // namespace

std::span<const MetricDefinition> AgentMetrics() {
  static const std::vector<MetricDefinition> metrics = {
      {"nacelle_functions", kGauge, {"family", "interface", "health"}, "Accelerator functions of this node."},
      {"nacelle_problems", kGauge, {}, "Things of this node that could not be read or make no sense."},
      {"nacelle_queue_available_instances", kGauge, {"queue"}, "Instances of a queue that were free at the last scan."},
      {"nacelle_queue_clients", kGauge, {"queue"}, "How many had a work queue of IDXD open at the last scan, whoever they are."},
      {"nacelle_function_contents_generation", kGauge, {"function"}, "How many contents the agent has seen in an FPGA function."},
      {"nacelle_scans_total", kCounter, {}, "Scans of this node."},
      {"nacelle_scan_duration_seconds", kGauge, {}, "How long the last scan took."},
      {"nacelle_uevents_total", kCounter, {}, "Messages of the kernel about devices."},
      {"nacelle_policy_current", kGauge, {}, "Whether the policy in force is what the cluster or its file says now."},
      {"nacelle_offer_devices", kGauge, {"resource", "health"}, "Devices listed to the kubelet."},
      {"nacelle_grants", kGauge, {}, "Grants on record: what containers have, had, or are about to have."},
      {"nacelle_allocate_total", kCounter, {"resource", "result"}, "Allocate calls of the kubelet."},
      {"nacelle_allocate_duration_seconds_total", kCounter, {"resource"}, "Time spent in Allocate."},
      {"nacelle_pre_start_total", kCounter, {"resource", "result"}, "PreStartContainer calls of the kubelet."},
      {"nacelle_pre_start_duration_seconds_total", kCounter, {"resource"}, "Time spent in PreStartContainer."},
      {"nacelle_registrations_total", kCounter, {"resource", "result"}, "Registrations with the kubelet."},
      {"nacelle_list_messages_total", kCounter, {"resource"}, "ListAndWatch messages sent."},
      {"nacelle_holder_questions_total", kCounter, {"result"}, "Lists asked of PodResources."},
      {"nacelle_dra_prepare_total", kCounter, {"result"}, "Claims that the kubelet wanted prepared."},
      {"nacelle_dra_prepare_duration_seconds_total", kCounter, {}, "Time spent in NodePrepareResources."},
      {"nacelle_dra_unprepare_total", kCounter, {"result"}, "Claims that the kubelet wanted unprepared."},
      {"nacelle_dra_unprepare_duration_seconds_total", kCounter, {}, "Time spent in NodeUnprepareResources."},
      {"nacelle_dra_registrations_total", kCounter, {"result"}, "Registrations with the kubelet's plugin watcher."},
      {"nacelle_dra_slice_writes_total", kCounter, {"result"}, "Writes of resource slices to the API server."},
      {"nacelle_dra_status_writes_total", kCounter, {"result"}, "Writes of claims' device status to the API server."},
      {"nacelle_dra_claims", kGauge, {}, "Claims that are prepared."},
      {"nacelle_dra_slices", kGauge, {}, "Resource slices that are published."},
      {"nacelle_dra_devices", kGauge, {}, "Devices in the resource slices."},
  };
  return metrics;
}

std::span<const MetricDefinition> OperatorMetrics() {
  static const std::vector<MetricDefinition> metrics = {
      {"nacelle_operator_leader", kGauge, {}, "Whether this replica leads."},
      {"nacelle_operator_policy_nodes", kGauge, {"policy", "state"}, "Nodes that a policy selects (`selected`), that are ready with it (`ready`), and that are not yet (`outOfDate`)."},
      {"nacelle_operator_plans_total", kCounter, {}, "How often it was decided what is to be written."},
      {"nacelle_operator_writes_total", kCounter, {"kind"}, "Objects written."},
      {"nacelle_operator_write_failures_total", kCounter, {"kind"}, "Objects that could not be written."},
  };
  return metrics;
}

std::string MetricsPage() {
  return "<!-- Written by build/dev/bin/write-metrics from core/metrics; not to be edited. -->\n"
         "# Metrics reference\n\n"
         "Prometheus' text format, at `/metrics`. A metric that has never had a value is not shown;\n"
         "`result` is `ok`, or why it failed (`unavailable`, `denied`, …); times are in seconds.\n\n"
         "## nacelle-agent\n\nOn port 9440 of each agent's pod.\n\n" +
         Table(AgentMetrics()) + "\n## nacelle-operator\n\nOn port 9441 of each replica.\n\n" + Table(OperatorMetrics());
}

}  // namespace nacelle

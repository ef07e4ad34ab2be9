// SPDX-License-Identifier: Apache-2.0
#include "tools/kubectl-nacelle/doctor.h"

#include <utility>

namespace nacelle::kubectl {
namespace {

// Of a cause that concerns a thousand nodes, some are enough.
constexpr std::size_t kShown = 10;

constexpr const char* kPageHead = R"(# When something is wrong

`kubectl nacelle doctor` looks for all of these, and says where it finds them. This
page is written by `kubectl-nacelle doctor --page`.

What it cannot see from the API server: on a node with SELinux, the agent needs
`agent.seLinuxOptions` of the chart, and containers need
`setsebool -P container_use_devices on`, or they are refused the kubelet's sockets and
their device nodes (`avc: denied` in the audit log; [security.md](security.md#selinux)).
)";

std::string Section(const char* title, std::span<const Cause> causes) {
  std::string text = std::string("\n## ") + title + "\n\n| cause | what | what to do |\n|---|---|---|\n";
  for (const auto& cause : causes) {
    text += "| `" + std::string(cause.id) + "` | " + std::string(cause.what) + " | " + std::string(cause.fix) + " |\n";
  }
  return text;
}

}  // namespace

std::vector<const Cause*> AllCauses() {
  std::vector<const Cause*> all;
  for (const auto causes : {AgentCauses(), FunctionCauses(), PodCauses()}) {
    for (const auto& cause : causes) all.push_back(&cause);
  }
  return all;
}

std::vector<Diagnosis> Diagnose(const ClusterView& view) {
  std::vector<Diagnosis> diagnoses;
  for (const auto* cause : AllCauses()) {
    auto findings = cause->find(view);
    if (!findings.empty()) diagnoses.push_back({cause, std::move(findings)});
  }
  return diagnoses;
}

std::string FormatDiagnoses(const std::vector<Diagnosis>& diagnoses) {
  if (diagnoses.empty()) return "Nothing is wrong, as far as the API server tells.\n";
  std::string text;
  for (const auto& [cause, findings] : diagnoses) {
    text += std::string(cause->id) + ": " + std::string(cause->what) + "\n";
    for (std::size_t i = 0; i < findings.size() && i < kShown; ++i) text += "  " + findings[i].where + ": " + findings[i].says + "\n";
    if (findings.size() > kShown) text += "  and " + std::to_string(findings.size() - kShown) + " more (-o json lists all)\n";
    text += "  → " + std::string(cause->fix) + "\n";
  }
  return text;
}

json::Object DescribeDiagnoses(const std::vector<Diagnosis>& diagnoses) {
  json::Array list;
  for (const auto& [cause, findings] : diagnoses) {
    json::Array places;
    for (const auto& finding : findings) places.push_back(json::Object{{"where", finding.where}, {"says", finding.says}});
    list.push_back(json::Object{{"cause", cause->id}, {"what", cause->what}, {"fix", cause->fix}, {"findings", std::move(places)}});
  }
  return {{"version", 1}, {"causes", std::move(list)}};
}

std::string TroubleshootingPage() {
  return kPageHead + Section("The cluster and its agents", AgentCauses()) + Section("Functions", FunctionCauses()) + Section("Pods", PodCauses());
}

}  // namespace nacelle::kubectl

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/value.h"
#include "tools/kubectl-nacelle/cluster_view.h"

namespace nacelle::kubectl {

// Where a cause was found: "n1/uacce-sw-zip-0", and what is said there.
struct Finding {
  std::string where;
  std::string says;

  bool operator==(const Finding&) const = default;
};

// Something that keeps accelerators from pods, how it is seen, and what to do.
// docs/troubleshooting.md lists all of them, in the same words.
struct Cause {
  std::string_view id;    // one word, for programs and for looking it up
  std::string_view what;  // one sentence
  std::string_view fix;
  std::vector<Finding> (*find)(const ClusterView& view);  // pure
};

// Of the cluster and its agents, then of nodes' functions, then of pods.
std::span<const Cause> AgentCauses();
std::span<const Cause> FunctionCauses();
std::span<const Cause> PodCauses();
std::vector<const Cause*> AllCauses();

struct Diagnosis {
  const Cause* cause = nullptr;
  std::vector<Finding> findings;
};

// Every cause that is found, in the order of AllCauses().
std::vector<Diagnosis> Diagnose(const ClusterView& view);

std::string FormatDiagnoses(const std::vector<Diagnosis>& diagnoses);
json::Object DescribeDiagnoses(const std::vector<Diagnosis>& diagnoses);

// docs/troubleshooting.md.
std::string TroubleshootingPage();

}  // namespace nacelle::kubectl

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/json/value.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

// What of a Node object matters here.
struct KubeNode {
  std::string name;
  bool ready = false;
  int kubelet_minor = 0;  // 1.N; 0: unknown
  std::string runtime;    // "containerd://2.4.2"
  std::map<std::string, std::int64_t> allocatable;  // of nacelle.dev/… only

  bool operator==(const KubeNode&) const = default;
};

// A pod that asks for an accelerator, or an agent.
struct KubePod {
  std::string name;  // namespace/name
  std::string node;  // empty: not scheduled
  std::string phase;
  std::string reason;      // why it failed: "UnexpectedAdmissionError"
  std::string scheduling;  // why it is not scheduled
  std::vector<std::string> waiting;  // reasons of its containers: "ErrImagePull"
  std::map<std::string, std::int64_t> wants;  // nacelle.dev/… resources
  bool agent = false;
  bool ready = false;
  bool root = true;       // false: some container with an accelerator says that it runs as another user
  bool crashed = false;   // a container has ended with a failure

  bool operator==(const KubePod&) const = default;
};

struct ClusterView {
  bool custom_resources = true;  // whether the API server knows NodeAccelerators
  std::vector<NodeView> nodes;
  std::vector<KubeNode> kube_nodes;
  std::vector<KubePod> pods;  // only those of which KubePod speaks
};

std::vector<KubeNode> ReadKubeNodes(const json::Array& items);
std::vector<KubePod> ReadKubePods(const json::Array& items);

}  // namespace nacelle::kubectl

// SPDX-License-Identifier: Apache-2.0
// What kubectl prints of nodes and pods, as kubectl nacelle doctor and find read it.
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "core/json/value.h"
#include "tools/kubectl-nacelle/cluster_view.h"
#include "tools/kubectl-nacelle/doctor.h"
#include "tools/kubectl-nacelle/kubectl.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  nacelle::kubectl::ReadFitness({reinterpret_cast<const char*>(data), size});
  const auto list = nacelle::json::Parse({reinterpret_cast<const char*>(data), size});
  if (!list) return 0;
  const auto items = nacelle::kubectl::ItemsOf(*list);
  if (!items) return 0;
  nacelle::kubectl::ClusterView view;
  for (const auto& item : **items) {
    if (auto node = nacelle::kubectl::ReadNode(item)) view.nodes.push_back(*std::move(node));
  }
  view.kube_nodes = nacelle::kubectl::ReadKubeNodes(**items);
  view.pods = nacelle::kubectl::ReadKubePods(**items);
  view.claims = nacelle::kubectl::ReadKubeClaims(**items);
  view.classes = nacelle::kubectl::ReadOurClasses(**items);
  view.agents = nacelle::kubectl::ReadAgentSet(**items);
  nacelle::kubectl::FormatDiagnoses(nacelle::kubectl::Diagnose(view));
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle::kubectl {

// A node with zlib at NUMA node 1, "z", offered as nacelle.dev/sw-zip in one
// device that nobody holds.
inline crd::NodeAccelerators HealthyNode(const std::string& name) {
  crd::NodeAccelerators node;
  node.meta.name = name;
  auto& status = node.status;
  status.numa_nodes = {{0, true, {10, 20}, std::nullopt}, {1, true, {20, 10}, std::nullopt}};
  status.domains = {{.id = "dram-0", .numa = 0, .local_nodes = {0}}, {.id = "dram-1", .numa = 1, .local_nodes = {1}}};
  crd::NodeFunction function;
  function.id = "z";
  function.family = "uacce";
  function.interface = "sw_zip";
  function.operations = {"zlib"};
  function.access = "sva";
  function.numa = 1;
  function.queues = {{.id = "z", .nodes = {"/dev/sw_zip-0"}}};
  function.affinities = {{.domain = "dram-1", .distance = 10}, {.domain = "dram-0", .distance = 20}};
  status.functions = {function};
  status.summary = {.functions = 1, .devices = 1};
  status.offers = {{.resource = "nacelle.dev/sw-zip", .devices = 1, .healthy = 1, .free = 1, .members = {{.id = "z"}}}};
  return node;
}

// The same, and its device is held.
inline crd::NodeAccelerators BusyNode(const std::string& name) {
  auto node = HealthyNode(name);
  node.status.offers[0].held = 1;
  node.status.offers[0].free = 0;
  node.status.holdings = {{"nacelle.dev/sw-zip", "z", "default", "p", "main"}};
  return node;
}

}  // namespace nacelle::kubectl

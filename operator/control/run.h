// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/base/result.h"
#include "core/kube/cluster_access.h"
#include "operator/control/lease.h"
#include "operator/control/reconciler.h"

namespace nacelle {

struct OperatorOptions {
  ClusterAccess access;
  std::string listen = "[::]:9441";  // empty: nowhere
  LeaseOptions lease;
  ReconcilerOptions reconciler;
};

// The operator: watches, decides and writes until SIGTERM or SIGINT. Call it
// from the main thread, before any other thread starts.
Status RunOperator(const OperatorOptions& options);

}  // namespace nacelle

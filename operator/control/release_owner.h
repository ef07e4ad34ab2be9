// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>

#include "core/base/result.h"
#include "core/json/value.h"
#include "core/kube/api_client.h"

namespace nacelle {

// The ownerReferences of what the operator makes: the agents' ClusterRole, an object of
// the release, with which the cluster's garbage collector removes them; it stays where
// only the operator is switched off. None when it is not there, or may not be read.
// Asked each time, as it may be made anew.
Result<json::Array> OwnersInRelease(ApiClient& api, const std::stop_token& stop);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// The domain of all our resources.
inline constexpr std::string_view kResourceDomain = "nacelle.dev";

// "nacelle.dev/<interface>" with dashes for underscores. Not checked.
std::string DefaultResourceName(std::string_view interface);

// Whether Kubernetes takes `name` as an extended resource: a domain that is
// not kubernetes.io, a name part of at most 63 characters, and not "requests.".
// kInvalid says what is wrong.
Status CheckResourceName(std::string_view name);

// Whether the kubelet takes `id` as a device: 1 to 63 characters of [A-Za-z0-9._-].
Status CheckDeviceId(std::string_view id);

}  // namespace nacelle

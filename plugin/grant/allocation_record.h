// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/offer.h"

namespace nacelle {

// The kubelet's own record of what it has allocated to containers, in the folder of
// device plugins.
inline constexpr std::string_view kAllocationRecord = "kubelet_internal_checkpoint";

// What the record says, of the device plugins of any vendor, sorted: pods by their UID,
// without namespace. It has ordinary init containers, too, which PodResources leaves
// out, and most often is whole for a container before that starts: of two writes that the kubelet
// begins at once, the older one may land last. What has ended stays, and what such a write
// has lost is missing, until the kubelet writes it again, with the next allocation or
// message of ListAndWatch.
// The format: PodDevicesEntry in
// https://github.com/kubernetes/kubernetes/blob/master/pkg/kubelet/cm/devicemanager/checkpoint/checkpoint.go
Result<std::vector<Holding>> ReadAllocationRecord(std::string_view text);

}  // namespace nacelle

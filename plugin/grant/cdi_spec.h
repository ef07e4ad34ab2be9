// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "plugin/grant/container_edits.h"

namespace nacelle {

// What a container gets that asks for the device "<kind>=<name>".
struct CdiDevice {
  std::string name;
  ContainerEdits edits;

  bool operator==(const CdiDevice&) const = default;
};

// Whether the Container Device Interface takes `name` for a device: letters,
// digits, '_', '-', '.' and ':', a letter or digit at both ends.
Status CheckCdiName(std::string_view name);

// The text of a CDI spec (https://github.com/cncf-tags/container-device-interface/blob/main/SPEC.md),
// with the lowest version that its contents need: runtimes refuse a higher one
// than theirs. Nodes are 0666 inside, so that containers of any user can open
// them; the device cgroup still keeps all others out. Names are as CheckCdiName
// has them, and differ.
std::string WriteCdiSpec(std::string_view kind, const std::vector<CdiDevice>& devices);

// A name for a device of these edits that no other edits get: runtimes may
// remember what a name stands for. `prefix` is part of it.
std::string CdiNameFor(std::string_view prefix, const ContainerEdits& edits);

}  // namespace nacelle

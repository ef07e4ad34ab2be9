// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// What the kernel says when a device comes, goes or changes.
struct Uevent {
  std::string action;     // "add"
  std::string devpath;    // "/devices/platform/sw_zip.0/uacce/sw_zip-0"
  std::string subsystem;  // "uacce"; empty when the kernel names none

  bool operator==(const Uevent&) const = default;
};

// Parses one message of the kernel: "ACTION@DEVPATH", then "KEY=value", each
// ended by a zero byte. kInvalid for anything else, such as udev's messages.
Result<Uevent> ParseUevent(std::string_view message);

}  // namespace nacelle

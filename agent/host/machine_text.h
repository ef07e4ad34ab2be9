// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "agent/host/machine_tree.h"
#include "core/base/result.h"

namespace nacelle {

// A machine as one text that people can review:
//
//   nacelle-machine 1
//   /dev/
//     sw_zip-0 c 245:0
//   /sys/class/uacce/
//     sw_zip-0 -> ../../devices/platform/sw_zip.0/uacce/sw_zip-0
//   /sys/devices/platform/sw_zip.0/uacce/sw_zip-0/
//     algorithms:
//       | zlib
//       | gzip
//     api = sw_v1
//     isolate ! EACCES
//
// "=" gives a file of one line that ends in a newline; ":" any other, each "|"
// line ending in a newline, and a "\" line, which comes last, in none. Spaces
// in names, backslashes and bytes outside printable ASCII are \xHH, and N zero
// bytes \zN;. Lines that begin with "#" say nothing. Equal trees give equal texts.
std::string FormatMachine(const MachineTree& tree);

// The inverse; kInvalid names the line. At most 64 MiB.
Result<MachineTree> ParseMachine(std::string_view text);

}  // namespace nacelle

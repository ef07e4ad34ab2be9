// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "core/base/result.h"

namespace nacelle {

// One thing in a machine's /sys or /dev, as it was found.
struct MachineEntry {
  enum class Kind {
    kFolder,  // `text` is empty
    kFile,    // `text` is its contents
    kLink,    // `text` is its target
    kNode,    // a character device; `text` is "MAJOR:MINOR"
    kError,   // could not be read; `text` is the errno's name, "EACCES"
  };
  Kind kind = Kind::kFolder;
  std::string text;

  bool operator==(const MachineEntry&) const = default;
};

// A machine as far as somebody looked at it, by absolute path.
using MachineTree = std::map<std::string, MachineEntry>;

// A recorded read error lies in the file system as a link with this prefix and
// the errno's name as its target, so that reading needs no privilege to fail.
inline constexpr const char* kRecordedErrorPrefix = "errno:";

// "EACCES" for EACCES; the number in digits when it has no name.
std::string ErrnoName(int number);
// The inverse; 0 when there is no such name.
int ErrnoFromName(const std::string& name);

// Writes the machine below `folder`, which exists, in the form that HostRoot
// reads: devices as plain files "c MAJOR:MINOR".
Status UnpackMachine(const MachineTree& tree, const std::filesystem::path& folder);

}  // namespace nacelle

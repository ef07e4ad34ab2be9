// SPDX-License-Identifier: Apache-2.0
#include "agent/host/machine_tree.h"

#include <string.h>

#include <fstream>
#include <system_error>

#include "core/base/files.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr int kLargestErrno = 4095;  // MAX_ERRNO of the kernel

Status WritePlainFile(const fs::path& path, const std::string& contents) {
  std::ofstream out(path, std::ios::binary);
  out << contents;
  out.close();
  if (!out) return Error(Code::kUnavailable, path.native() + ": cannot be written");
  return {};
}

Status WriteLink(const fs::path& path, const std::string& target) {
  std::error_code code;
  fs::create_symlink(target, path, code);
  if (code) return ErrnoError(code.value(), path.native());
  return {};
}

// Nothing may be unpacked through a link, or it could land anywhere.
Status CheckAncestors(const MachineTree& tree, const std::string& path) {
  for (auto slash = path.rfind('/'); slash != 0 && slash != std::string::npos;
       slash = path.rfind('/', slash - 1)) {
    const auto above = tree.find(path.substr(0, slash));
    if (above != tree.end() && above->second.kind != MachineEntry::Kind::kFolder) {
      return Error(Code::kInvalid, path + ": lies below " + above->first + ", which is no folder");
    }
  }
  return {};
}

Status UnpackEntry(const fs::path& path, const MachineEntry& entry) {
  if (auto made = MakeFolders(path.parent_path()); !made) return made;
  switch (entry.kind) {
    case MachineEntry::Kind::kFolder: return MakeFolders(path);
    case MachineEntry::Kind::kFile: return WritePlainFile(path, entry.text);
    case MachineEntry::Kind::kLink: return WriteLink(path, entry.text);
    case MachineEntry::Kind::kNode: return WritePlainFile(path, "c " + entry.text + "\n");
    case MachineEntry::Kind::kError: return WriteLink(path, kRecordedErrorPrefix + entry.text);
  }
  return {};
}

}  // namespace

std::string ErrnoName(int number) {
  const char* name = strerrorname_np(number);
  return name != nullptr ? name : std::to_string(number);
}

int ErrnoFromName(const std::string& name) {
  for (int number = 1; number <= kLargestErrno; ++number) {
    if (ErrnoName(number) == name) return number;
  }
  return 0;
}

Status UnpackMachine(const MachineTree& tree, const fs::path& folder) {
  for (const auto& [path, entry] : tree) {
    if (auto status = CheckAncestors(tree, path); !status) return status;
    if (auto status = UnpackEntry(folder.native() + path, entry); !status) return status;
  }
  return {};
}

}  // namespace nacelle

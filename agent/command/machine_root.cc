// SPDX-License-Identifier: Apache-2.0
#include "agent/command/machine_root.h"

#include <stdlib.h>

#include <cerrno>
#include <string>
#include <system_error>

#include "agent/host/machine_text.h"
#include "core/base/files.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxText = 64 * 1024 * 1024;

Result<fs::path> MakePrivateFolder() {
  std::error_code code;
  std::string pattern = (fs::temp_directory_path(code) / "nacelle-XXXXXX").native();
  if (code) return ErrnoError(code.value(), "temporary folder");
  if (mkdtemp(pattern.data()) == nullptr) return ErrnoError(errno, pattern);
  return fs::path(pattern);
}

Status UnpackInto(const fs::path& file, const fs::path& folder) {
  const auto text = ReadFile(file, kMaxText);
  if (!text) return text.error();
  auto tree = ParseMachine(*text);
  if (!tree) return std::move(tree).error().In(file.native());
  auto status = UnpackMachine(*tree, folder);
  return status ? status : std::move(status).error().In(file.native());
}

}  // namespace

Status UnpackRecord(const fs::path& file, const fs::path& folder) {
  if (auto status = MakeFolders(folder); !status) return status;
  const auto names = ListFolder(folder);
  if (!names) return names.error();
  if (!names->empty()) return Error(Code::kConflict, folder.native() + ": not empty");
  return UnpackInto(file, folder);
}

struct MachineRoot::Unpacked {
  explicit Unpacked(fs::path where) : folder(std::move(where)) {}
  Unpacked(const Unpacked&) = delete;
  Unpacked& operator=(const Unpacked&) = delete;
  // What cannot be removed stays; nobody is left to tell.
  ~Unpacked() { static_cast<void>(RemoveTree(folder)); }

  fs::path folder;
};

Result<MachineRoot> MachineRoot::Open(const fs::path& root) {
  MachineRoot machine;
  std::error_code code;
  if (root.empty() || fs::is_directory(root, code)) {
    machine.prefix_ = root.empty() ? root : fs::absolute(root, code);
    return machine;
  }
  auto folder = MakePrivateFolder();
  if (!folder) return folder.error();
  machine.unpacked_ = std::make_shared<const Unpacked>(*folder);
  machine.prefix_ = *std::move(folder);
  if (auto status = UnpackInto(root, machine.prefix_); !status) return std::move(status).error();
  return machine;
}

}  // namespace nacelle

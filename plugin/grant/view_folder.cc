// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/view_folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <string>
#include <string_view>

#include "core/base/files.h"
#include "core/base/unique_fd.h"
#include "plugin/grant/selinux_label.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxDescription = 16 * 1024 * 1024;

// New entries are made here, beside the mounted folders, so that a container
// never sees one that is half made.
fs::path TemporaryIn(const fs::path& view) { return view / ".new"; }

Status Fail(const fs::path& path) { return ErrnoError(errno, path.native()); }

Status PutInPlace(const fs::path& temporary, const fs::path& path) {
  if (auto status = LabelForContainers(temporary); !status) return status;
  if (rename(temporary.c_str(), path.c_str()) != 0) return Fail(path);
  return {};
}

Status WriteLink(const fs::path& view, const fs::path& path, const std::string& target) {
  std::error_code code;
  if (fs::read_symlink(path, code).native() == target && !code) return {};
  const auto temporary = TemporaryIn(view);
  unlink(temporary.c_str());
  if (symlink(target.c_str(), temporary.c_str()) != 0) return Fail(path);
  return PutInPlace(temporary, path);
}

Status WriteText(const fs::path& path, std::string_view text) {
  const UniqueFd fd(open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644));
  if (!fd) return Fail(path);
  while (!text.empty()) {
    const ssize_t written = write(fd.get(), text.data(), text.size());
    if (written < 0) return Fail(path);
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Status WriteDescription(const fs::path& view, const fs::path& path, std::string_view text) {
  if (const auto now = ReadFile(path, kMaxDescription); now && *now == text) return {};
  const auto temporary = TemporaryIn(view);
  unlink(temporary.c_str());
  if (auto status = WriteText(temporary, text); !status) {
    unlink(temporary.c_str());
    return std::move(status).error().In(path.native());
  }
  return PutInPlace(temporary, path);
}

template <typename Names>
Status RemoveOthers(const fs::path& folder, const Names& names) {
  const auto present = ListFolder(folder);
  if (!present) return present.error();
  for (const auto& name : *present) {
    if (names.contains(name)) continue;
    if (auto status = RemoveTree(folder / name); !status) return status;
  }
  return {};
}

fs::path DescriptionFolder(const fs::path& view) { return view / ViewFolderName(kDescriptionFolder); }

Status MakeFolder(const fs::path& path) {
  if (mkdir(path.c_str(), 0755) == 0) return LabelForContainers(path);
  if (errno != EEXIST) return Fail(path);
  // What is not of a view is removed from its folders, so none may be somebody else's.
  struct stat now {};
  if (lstat(path.c_str(), &now) != 0) return Fail(path);
  if (!S_ISDIR(now.st_mode)) return Error(Code::kInvalid, path.native() + ": not a folder; remove it");
  return {};
}

Status WriteLinks(const fs::path& view, const std::string& folder,
                  const std::map<std::string, std::string>& links) {
  const auto path = view / folder;
  if (auto status = MakeFolder(path); !status) return status;
  for (const auto& [name, target] : links) {
    if (auto status = WriteLink(view, path / name, target); !status) return status;
  }
  return RemoveOthers(path, links);
}

}  // namespace

Status WriteView(const fs::path& path, const View& view) {
  if (auto status = MakeFolders(path.parent_path()); !status) return status;
  if (auto status = MakeFolder(path); !status) return status;
  for (const auto& [folder, links] : view.links) {
    if (auto status = WriteLinks(path, folder, links); !status) return status;
  }
  const auto folder = DescriptionFolder(path);
  if (auto status = MakeFolder(folder); !status) return status;
  return WriteDescription(path, folder / kDescriptionFile, view.description);
}

bool IsWholeView(const fs::path& path) {
  std::error_code code;
  return fs::exists(DescriptionFolder(path) / kDescriptionFile, code);
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/cdi_folder.h"

#include <unistd.h>

#include <cerrno>
#include <utility>

#include "core/base/files.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view kVendor = "nacelle.dev";
constexpr std::string_view kSuffix = ".json";
constexpr std::string_view kTemporary = ".json.new";
constexpr std::size_t kMaxSpec = 16 * 1024 * 1024;

}  // namespace

CdiFolder::CdiFolder(fs::path folder, std::string_view device_class)
    : folder_(std::move(folder)),
      kind_(std::string(kVendor) + '/' + std::string(device_class)),
      prefix_(std::string(kVendor) + '-' + std::string(device_class) + '-') {}

fs::path CdiFolder::PathOf(const std::string& name) const { return folder_ / (prefix_ + name + std::string(kSuffix)); }

Status CdiFolder::Write(const std::string& name, std::string_view spec) const {
  const auto path = PathOf(name);
  if (const auto now = ReadFile(path, kMaxSpec); now && *now == spec) return {};
  auto status = ReplaceFile(path, spec);
  if (status || status.error().code() != Code::kNotFound) return status;
  if (auto made = MakeFolders(folder_); !made) return made;
  return ReplaceFile(path, spec);
}

Status CdiFolder::Remove(const std::string& name) const {
  const auto path = PathOf(name);
  if (unlink(path.c_str()) == 0 || errno == ENOENT || errno == ENOTDIR) return {};
  return ErrnoError(errno, path.native());
}

Status CdiFolder::RemoveOthers(const std::set<std::string>& names) const {
  const auto files = ListFolder(folder_);
  if (!files) return files.error().code() == Code::kNotFound ? Status() : Status(files.error());
  Status status;
  for (const auto& file : *files) {
    if (!file.starts_with(prefix_)) continue;
    // A crash came before it was whole.
    if (file.ends_with(kTemporary)) unlink((folder_ / file).c_str());
    if (!file.ends_with(kSuffix)) continue;
    const auto name = file.substr(prefix_.size(), file.size() - prefix_.size() - kSuffix.size());
    if (names.contains(name)) continue;
    if (auto removed = Remove(name); !removed) status = std::move(removed);
  }
  return status;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nacelle {

// The whole of a file, at most `limit` bytes; a larger file is kInvalid.
// kNotFound when it does not exist.
Result<std::string> ReadFile(const std::filesystem::path& path, std::size_t limit);

// Replaces a file so that readers see the old or the new contents, never a
// part, also after power loss: temporary file, fsync, rename, fsync of the folder.
Status WriteFileDurably(const std::filesystem::path& path, std::string_view contents);

// WriteFileDurably without fsync, for what need not outlive a power loss.
Status ReplaceFile(const std::filesystem::path& path, std::string_view contents);

// Writes a file that the user of a command has named: a regular one is replaced as
// ReplaceFile does, by way of a temporary file whose name nobody can foresee; what
// else is there (a FIFO, a device, where a link leads) is opened and written, and
// stays what it is. kInvalid for a folder.
Status WriteUserFile(const std::filesystem::path& path, std::string_view contents);

// The names in a folder, sorted; kNotFound when it does not exist.
Result<std::vector<std::string>> ListFolder(const std::filesystem::path& path);

// Removes a folder with all below it; absent is success.
Status RemoveTree(const std::filesystem::path& path);

// mkdir -p with mode 0755 for what is missing, which outlives a power loss: a file
// that is written durably in it does only then.
Status MakeFolders(const std::filesystem::path& path);

}  // namespace nacelle

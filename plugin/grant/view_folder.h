// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/base/result.h"
#include "plugin/grant/view.h"

namespace nacelle {

// Makes the folder `path` show `view`: creates what is missing, replaces what
// differs by rename, removes what is not of it. Folders are never replaced,
// because running containers have them mounted. Idempotent.
Status WriteView(const std::filesystem::path& path, const View& view);

// Whether WriteView has come to its end there: the description is what it writes last.
bool IsWholeView(const std::filesystem::path& path);

}  // namespace nacelle

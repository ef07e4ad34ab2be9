// SPDX-License-Identifier: Apache-2.0
#include "tests/unit/plugin/temporary_folder.h"

#include <stdlib.h>

#include <string>

namespace nacelle {

TemporaryFolder::TemporaryFolder() {
  std::string pattern = "/tmp/nacelle-XXXXXX";
  path_ = mkdtemp(pattern.data());
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code code;
  std::filesystem::remove_all(path_, code);
}

}  // namespace nacelle

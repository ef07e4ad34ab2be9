// SPDX-License-Identifier: Apache-2.0
#include "core/base/boot_id.h"

#include "core/base/files.h"

namespace nacelle {

std::string ReadBootId() {
  auto text = ReadFile("/proc/sys/kernel/random/boot_id", 128);
  if (!text) return {};
  while (!text->empty() && text->back() == '\n') text->pop_back();
  return *text;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/host/id_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto ids = nacelle::ParseIdList(text);
  if (!ids) return 0;
  for (std::size_t i = 1; i < ids->size(); ++i) {
    if ((*ids)[i - 1] >= (*ids)[i]) __builtin_trap();
  }
  return 0;
}

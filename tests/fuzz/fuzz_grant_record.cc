// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugin/grant/grant_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto grant = nacelle::ReadGrantRecord(text);
  if (!grant) return 0;
  const auto again = nacelle::ReadGrantRecord(nacelle::WriteGrantRecord(*grant));
  if (!again || !(*again == *grant)) __builtin_trap();
  return 0;
}

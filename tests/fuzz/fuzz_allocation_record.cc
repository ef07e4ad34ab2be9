// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugin/grant/allocation_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto read = nacelle::ReadAllocationRecord({reinterpret_cast<const char*>(data), size});
  if (read && !std::is_sorted(read->begin(), read->end())) __builtin_trap();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>

#include "agent/host/pci_config.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  int reads = 0;
  const auto acs = nacelle::FindAcs([&](unsigned offset) -> std::optional<std::uint32_t> {
    // What is asked for lies in the extended space, and a circle is left.
    if (offset < 0x100 || offset > 0x1000 || offset % 4 != 0 || ++reads > 1000) __builtin_trap();
    if (offset + 4 > size) return std::nullopt;
    return std::uint32_t{data[offset]} | std::uint32_t{data[offset + 1]} << 8 | std::uint32_t{data[offset + 2]} << 16 |
           std::uint32_t{data[offset + 3]} << 24;
  });
  if (size <= 0x103 && acs != nacelle::Acs::kUnknown) __builtin_trap();
  return 0;
}

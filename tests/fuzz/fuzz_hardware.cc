// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/config/hardware_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  auto table = nacelle::ParseHardware(text, "file");
  if (!table) {
    // A mistake names the file and a line.
    if (!table.error().message().starts_with("file:")) __builtin_trap();
    return 0;
  }
  // A table over itself changes nothing.
  const auto merged = nacelle::Merge(*table, *table);
  if (merged.pci != table->pci || merged.afus != table->afus || merged.engines != table->engines) __builtin_trap();
  return 0;
}

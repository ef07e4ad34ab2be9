// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/host/machine_text.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // What is written must be read again, as the same text.
  const auto tree = nacelle::ParseMachine(text);
  if (!tree) return 0;
  const auto written = nacelle::FormatMachine(*tree);
  const auto again = nacelle::ParseMachine(written);
  if (!again || nacelle::FormatMachine(*again) != written) __builtin_trap();
  return 0;
}

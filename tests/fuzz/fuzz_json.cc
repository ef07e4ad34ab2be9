// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/json/value.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // What is written must be read again, as the same text.
  const auto value = nacelle::json::Parse(text);
  if (!value) return 0;
  const auto written = nacelle::json::Write(*value);
  const auto again = nacelle::json::Parse(written);
  if (!again || nacelle::json::Write(*again) != written) __builtin_trap();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/kube/watch_event.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto event = nacelle::ParseWatchEvent({reinterpret_cast<const char*>(data), size});
  // What is followed has a moment to resume from.
  if (event && event->version.empty()) abort();
  return 0;
}

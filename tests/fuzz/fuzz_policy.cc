// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string>

#include "core/config/policy_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto policy = nacelle::ParsePolicy(text, "p");
  if (!policy) {
    // Every mistake has a line and says something.
    const auto& message = policy.error().message();
    const auto colon = message.find(": ");
    if (!message.starts_with("p:") || colon == std::string::npos || colon + 2 == message.size()) __builtin_trap();
    return 0;
  }
  for (const auto& offer : policy->offers) {
    if (offer.name.empty() || offer.shares_per_queue < 1 || offer.find.wants.empty()) __builtin_trap();
  }
  return 0;
}

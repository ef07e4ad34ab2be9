// SPDX-License-Identifier: Apache-2.0
#include "core/model/operation_attribute.h"

#include <algorithm>

namespace nacelle {
namespace {

constexpr std::size_t kMaxIdentifier = 32;

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::optional<std::string> OperationAttribute(std::string_view operation) {
  std::string name(operation);
  std::replace(name.begin(), name.end(), '-', '_');
  const bool fits = !name.empty() && name.size() <= kMaxIdentifier && !IsDigit(name.front()) &&
                    std::all_of(name.begin(), name.end(), [](char c) { return IsLetter(c) || IsDigit(c); });
  return fits ? std::optional(std::move(name)) : std::nullopt;
}

}  // namespace nacelle

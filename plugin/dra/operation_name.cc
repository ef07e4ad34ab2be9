// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/operation_name.h"

#include <algorithm>
#include <set>

namespace nacelle {
namespace {

constexpr std::size_t kMaxIdentifier = 32;
constexpr std::string_view kAfu = "afu:";

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

std::vector<std::string> UnnamedOperations(const Inventory& inventory, const OfferPlan& plan) {
  std::set<std::string> names;
  for (const auto& offer : plan.offers) {
    if (offer.route != Route::kDra) continue;
    for (const auto& offered : offer.queues) {
      const auto ref = FindQueue(inventory, offered.queue);
      if (!ref) continue;
      for (const auto& operation : ref.function->operations) {
        if (!operation.starts_with(kAfu) && !OperationAttribute(operation)) names.insert(operation);
      }
    }
  }
  return {names.begin(), names.end()};
}

}  // namespace nacelle

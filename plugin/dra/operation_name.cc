// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/operation_name.h"

#include <set>
#include <string_view>

#include "core/model/operation_attribute.h"

namespace nacelle {
namespace {

constexpr std::string_view kAfu = "afu:";

}  // namespace

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

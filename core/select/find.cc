// SPDX-License-Identifier: Apache-2.0
#include "core/select/find.h"

#include "core/select/answers.h"
#include "core/select/miss.h"

namespace nacelle {

FindResult Find(const Inventory& inventory, const Query& query, const FindOptions& options) {
  auto result = FindAnswers(inventory, query, options);
  if (!result.answers.empty() || options.limit == 0) return result;
  result.miss = ExplainMiss(inventory, query, options);
  if (!result.proven_best) result.miss->message += "; the search gave up before it had seen all";
  return result;
}

}  // namespace nacelle

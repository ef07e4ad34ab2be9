// SPDX-License-Identifier: Apache-2.0
#include "core/select/find.h"

#include <utility>

#include "core/select/answers.h"
#include "core/select/miss.h"
#include "core/select/target.h"

namespace nacelle {

FindResult Find(const Inventory& inventory, const Query& query, const FindOptions& options) {
  // Every answer would be as far away as any other, which is none.
  if (query.relation.kind == Relation::Kind::kNear) {
    if (auto missing = Missing(inventory, query.relation.place, options.numa_of_cpu)) {
      FindResult result;
      result.miss = MissOfPlace(inventory, query, options, *std::move(missing));
      return result;
    }
  }
  auto result = FindAnswers(inventory, query, options);
  if (!result.answers.empty() || options.limit == 0) return result;
  result.miss = ExplainMiss(inventory, query, options);
  if (!result.proven_best) result.miss->message += "; the search gave up before it had seen all";
  return result;
}

}  // namespace nacelle

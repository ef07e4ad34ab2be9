// SPDX-License-Identifier: Apache-2.0
#include "core/select/tuple_health.h"

#include <algorithm>

#include "core/select/link_groups.h"
#include "core/select/question.h"

namespace nacelle {
namespace {

Health MemberHealth(const QueueRef& ref, const std::string& id, const Want& want) {
  if (!ref) return {false, id + " is gone"};
  if (const auto health = EffectiveHealth(ref); !health.healthy) return {false, id + ": " + health.reason};
  if (!IsOpenable(*ref.queue)) return {false, id + " cannot be opened"};
  if (!Serves(*ref.function, want)) return {false, id + " no longer serves " + Print(want)};
  return {};
}

// In the order of the wants, each queue linked to each of the next want.
bool IsChained(const Inventory& inventory, const Query& query, const std::vector<Candidate>& members) {
  std::size_t from = 0;
  for (std::size_t want = 0; want + 1 < query.wants.size(); ++want) {
    const auto to = from + static_cast<std::size_t>(query.wants[want].count);
    const auto end = to + static_cast<std::size_t>(query.wants[want + 1].count);
    for (auto i = from; i < to; ++i) {
      for (auto j = to; j < end; ++j) {
        if (!FindLink(inventory, *members[i].function, *members[j].function, query.relation.strength)) return false;
      }
    }
    from = to;
  }
  return true;
}

bool IsRelated(const Inventory& inventory, const Query& query, const std::vector<Candidate>& members,
               const std::map<int, int>& numa_of_cpu) {
  if (query.relation.kind == Relation::Kind::kChained) return IsChained(inventory, query, members);
  const auto questions = AskAll(inventory, query, members, numa_of_cpu);
  return std::any_of(questions.begin(), questions.end(), [&](const Question& question) {
    return question.problem.items.size() == members.size();
  });
}

}  // namespace

Health TupleHealth(const Inventory& inventory, const Query& query, const Tuple& tuple,
                   const std::map<int, int>& numa_of_cpu) {
  const auto unfolded = Unfold(query);
  if (tuple.size() != static_cast<std::size_t>(QueueCount(unfolded))) return {false, "the offer asks for other queues"};
  std::vector<Candidate> members;
  for (std::size_t want = 0; want < unfolded.wants.size(); ++want) {
    for (int i = 0; i < unfolded.wants[want].count; ++i) {
      const auto& id = tuple[members.size()];
      const auto ref = FindQueue(inventory, id);
      if (auto health = MemberHealth(ref, id, unfolded.wants[want]); !health.healthy) return health;
      members.push_back({ref.function, ref.queue, 1U << want, 1, Mark::kNone});
    }
  }
  if (IsRelated(inventory, unfolded, members, numa_of_cpu)) return {};
  return {false, "its queues are no longer " + Print(unfolded.relation)};
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/select/answers.h"

#include "core/select/explain.h"
#include "core/select/question.h"

namespace nacelle {
namespace {

Answer AnswerOf(const Inventory& inventory, const Query& query, const std::vector<Candidate>& candidates,
                const SearchChoice& choice, const std::optional<Target>& target) {
  Answer answer;
  std::vector<const Candidate*> tuple;
  for (const int rank : choice.ranks) {
    const auto& candidate = candidates[rank];
    tuple.push_back(&candidate);
    answer.queues.push_back(candidate.queue->id);
    answer.marks.push_back(candidate.mark);
  }
  answer.reason = Explain(inventory, query, tuple, target);
  return answer;
}

}  // namespace

FindResult FindAnswers(const Inventory& inventory, const Query& query, const FindOptions& options) {
  const auto unfolded = Unfold(query);
  const auto candidates = FindCandidates(inventory, unfolded, options.candidates);
  const auto questions = AskAll(inventory, unfolded, candidates, options.numa_of_cpu);
  const auto found = SearchAll(questions, {options.limit, options.max_steps});
  FindResult result{.proven_best = found.proven};
  for (const auto& choice : found.best) {
    result.answers.push_back(AnswerOf(inventory, unfolded, candidates, choice, questions[choice.origin].target));
  }
  return result;
}

}  // namespace nacelle

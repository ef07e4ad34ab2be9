// SPDX-License-Identifier: Apache-2.0
#include "core/select/question.h"

#include <algorithm>
#include <utility>

#include "core/select/link_groups.h"
#include "core/select/link_parts.h"

namespace nacelle {
namespace {

using Kind = Relation::Kind;

// Whether each set has one order only, and all are linked alike, so that the
// order need not be searched for.
bool IsOrderGiven(const SearchProblem& problem) {
  const auto serves_one = [](const SearchItem& item) { return (item.wants & (item.wants - 1)) == 0; };
  const auto strength = problem.strengths[0][0];
  return strength != LinkGroups::kNotLinked && std::all_of(problem.items.begin(), problem.items.end(), serves_one) &&
         std::all_of(problem.strengths.begin(), problem.strengths.end(), [&](const auto& row) {
           return std::all_of(row.begin(), row.end(), [&](auto link) { return link == strength; });
         });
}

class Asking {
 public:
  Asking(const Inventory& inventory, const Query& query, const std::vector<Candidate>& candidates)
      : inventory_(inventory), query_(query), candidates_(candidates) {
    for (const auto& candidate : candidates) nodes_of_.push_back(nodes_.Of(candidate.function->numa));
    for (const auto& want : query.wants) empty_.counts.push_back(want.count);
    empty_.distances = nodes_.Distances(inventory);
  }

  Question Plain() const {
    Question question{std::nullopt, empty_};
    for (std::size_t i = 0; i < candidates_.size(); ++i) question.problem.items.push_back(ItemOf(i));
    return question;
  }

  Question Near(const Target& target) const {
    Question question{target, empty_};
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      auto item = ItemOf(i);
      item.place = DistanceTo(inventory_, *candidates_[i].function, target);
      if (item.place <= query_.relation.within.value_or(kUnknownDistance)) question.problem.items.push_back(item);
    }
    return question;
  }

  Question Sharing(const MemoryDomain& domain) const {
    Question question{Target{&domain, domain.numa}, empty_};
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      const auto& function = *candidates_[i].function;
      if (!IsLocal(inventory_, function, domain)) continue;
      auto item = ItemOf(i);
      item.place = DistanceTo(inventory_, function, *question.target);
      question.problem.items.push_back(item);
    }
    return question;
  }

  std::vector<Question> Chained() const {
    const auto groups = GroupCandidates();
    auto whole = empty_;
    whole.ordered = true;
    whole.strengths = groups.strengths;
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      whole.items.push_back(ItemOf(i));
      whole.items.back().group = groups.group_of[i];
    }
    std::vector<Question> questions;
    for (auto& part : SplitByLinks(whole)) {
      part.ordered = !IsOrderGiven(part);
      if (!part.ordered) part.strength = part.strengths[0][0];
      questions.push_back({std::nullopt, std::move(part)});
    }
    return questions;
  }

 private:
  SearchItem ItemOf(std::size_t index) const {
    const auto& candidate = candidates_[index];
    return {static_cast<int>(index), candidate.free_shares, nodes_of_[index], candidate.wants, 0, 0};
  }

  // As GroupByLinks, but in the order of the candidates.
  LinkGroups GroupCandidates() const {
    std::vector<const Function*> functions;
    functions.reserve(candidates_.size());
    for (const auto& candidate : candidates_) functions.push_back(candidate.function);
    const auto by_id = [](const Function* a, const Function* b) { return a->id < b->id; };
    std::sort(functions.begin(), functions.end(), by_id);
    functions.erase(std::unique(functions.begin(), functions.end()), functions.end());
    auto groups = GroupByLinks(inventory_, functions, query_.relation.strength);
    std::vector<int> group_of;
    for (const auto& candidate : candidates_) {
      const auto at = std::lower_bound(functions.begin(), functions.end(), candidate.function, by_id);
      group_of.push_back(groups.group_of[static_cast<std::size_t>(at - functions.begin())]);
    }
    groups.group_of = std::move(group_of);
    return groups;
  }

  const Inventory& inventory_;
  const Query& query_;
  const std::vector<Candidate>& candidates_;
  NodeNumbers nodes_;
  std::vector<int> nodes_of_;
  SearchProblem empty_;
};

}  // namespace

int NodeNumbers::Of(std::optional<int> numa) {
  const auto [at, is_new] = numbers_.emplace(numa, static_cast<int>(nodes_.size()));
  if (is_new) nodes_.push_back(numa);
  return at->second;
}

std::vector<std::vector<int>> NodeNumbers::Distances(const Inventory& inventory) const {
  std::vector<std::vector<int>> distances;
  for (const auto& a : nodes_) {
    auto& row = distances.emplace_back();
    for (const auto& b : nodes_) {
      row.push_back(std::max(NumaDistance(inventory, a, b), NumaDistance(inventory, b, a)));
    }
  }
  return distances;
}

std::vector<Question> AskAll(const Inventory& inventory, const Query& query,
                             const std::vector<Candidate>& candidates, const std::map<int, int>& numa_of_cpu) {
  const Asking asking(inventory, query, candidates);
  std::vector<Question> questions;
  switch (query.relation.kind) {
    case Kind::kNone: questions.push_back(asking.Plain()); break;
    case Kind::kNear:
      questions.push_back(asking.Near(Locate(inventory, query.relation.place, numa_of_cpu)));
      break;
    case Kind::kSharingHbm:
      for (const auto& domain : inventory.domains) {
        if (domain.kind == MemoryKind::kHbm) questions.push_back(asking.Sharing(domain));
      }
      break;
    case Kind::kChained: questions = asking.Chained(); break;
  }
  for (std::size_t i = 0; i < questions.size(); ++i) questions[i].problem.origin = i;
  return questions;
}

Query Unfold(const Query& query) {
  if (query.relation.kind != Kind::kChained || query.wants.size() != 1) return query;
  Query unfolded{{}, query.relation};
  auto want = query.wants.front();
  const int count = std::exchange(want.count, 1);
  unfolded.wants.assign(static_cast<std::size_t>(count), want);
  return unfolded;
}

SearchResult SearchAll(const std::vector<Question>& questions, const SearchEffort& effort) {
  SearchResult result;
  for (std::size_t i = 0; i < questions.size(); ++i) {
    const auto share = (effort.max_steps - result.steps) / static_cast<long>(questions.size() - i);
    auto next = Search(questions[i].problem, {effort.limit, share}, std::move(result.best));
    result.best = std::move(next.best);
    result.steps += next.steps;
    result.proven = result.proven && next.proven;
  }
  return result;
}

}  // namespace nacelle

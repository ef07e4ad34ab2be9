// SPDX-License-Identifier: Apache-2.0
#include "core/select/question.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <utility>

#include "core/select/link_groups.h"

namespace nacelle {
namespace {

using Kind = Relation::Kind;
using Strengths = std::vector<std::vector<std::uint8_t>>;

// Numbers anew what a member of the items says, and gives the old numbers.
std::vector<int> Renumber(std::vector<SearchItem>& items, int SearchItem::*number) {
  std::vector<int> old;
  old.reserve(items.size());
  for (const auto& item : items) old.push_back(item.*number);
  std::sort(old.begin(), old.end());
  old.erase(std::unique(old.begin(), old.end()), old.end());
  for (auto& item : items) {
    item.*number = static_cast<int>(std::lower_bound(old.begin(), old.end(), item.*number) - old.begin());
  }
  return old;
}

template <typename T>
std::vector<std::vector<T>> Among(const std::vector<int>& indexes, const std::vector<std::vector<T>>& whole) {
  std::vector<std::vector<T>> part;
  for (const int row : indexes) {
    auto& line = part.emplace_back();
    for (const int column : indexes) line.push_back(whole[row][column]);
  }
  return part;
}

// For each group the number of the part that links join it to.
std::vector<int> PartsOf(const Strengths& strengths) {
  std::vector<int> part(strengths.size(), -1);
  std::vector<std::size_t> open;
  for (std::size_t start = 0; start < part.size(); ++start) {
    if (part[start] >= 0) continue;
    part[start] = static_cast<int>(start);
    open.push_back(start);
    while (!open.empty()) {
      const auto group = open.back();
      open.pop_back();
      for (std::size_t other = 0; other < part.size(); ++other) {
        const auto link = std::min(strengths[group][other], strengths[other][group]);
        if (part[other] >= 0 || link == LinkGroups::kNotLinked) continue;
        part[other] = static_cast<int>(start);
        open.push_back(other);
      }
    }
  }
  return part;
}

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
    std::map<int, std::vector<SearchItem>> parts;
    const auto part_of = PartsOf(groups.strengths);
    for (std::size_t i = 0; i < candidates_.size(); ++i) {
      auto item = ItemOf(i);
      item.group = groups.group_of[i];
      parts[part_of[static_cast<std::size_t>(item.group)]].push_back(item);
    }
    std::vector<Question> questions;
    for (auto& [part, items] : parts) questions.push_back({std::nullopt, ChainIn(std::move(items), groups.strengths)});
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

  // The problem of a part: it numbers only its own nodes and groups.
  SearchProblem ChainIn(std::vector<SearchItem> items, const std::vector<std::vector<std::uint8_t>>& strengths) const {
    SearchProblem problem{.counts = empty_.counts};
    const auto nodes = Renumber(items, &SearchItem::node);
    const auto groups = Renumber(items, &SearchItem::group);
    problem.items = std::move(items);
    problem.distances = Among(nodes, empty_.distances);
    problem.strengths = Among(groups, strengths);
    problem.ordered = !IsOrderGiven(problem);
    if (!problem.ordered) problem.strength = problem.strengths[0][0];
    return problem;
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

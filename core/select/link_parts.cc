// SPDX-License-Identifier: Apache-2.0
#include "core/select/link_parts.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include "core/select/link_groups.h"

namespace nacelle {
namespace {

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
    for (const int column : indexes) line.push_back(whole[static_cast<std::size_t>(row)][static_cast<std::size_t>(column)]);
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

SearchProblem PartOf(const SearchProblem& problem, std::vector<SearchItem> items) {
  SearchProblem part{.counts = problem.counts, .ordered = true, .origin = problem.origin};
  const auto nodes = Renumber(items, &SearchItem::node);
  const auto groups = Renumber(items, &SearchItem::group);
  part.items = std::move(items);
  part.distances = Among(nodes, problem.distances);
  part.strengths = Among(groups, problem.strengths);
  return part;
}

// What links there are; weaker ones are larger numbers.
std::set<std::uint8_t> LevelsOf(const Strengths& strengths) {
  std::set<std::uint8_t> levels;
  for (const auto& row : strengths) levels.insert(row.begin(), row.end());
  levels.erase(LinkGroups::kNotLinked);
  return levels;
}

SearchProblem AtLevel(const SearchProblem& problem, std::uint8_t level) {
  auto limited = problem;
  for (auto& row : limited.strengths) {
    for (auto& strength : row) strength = strength <= level ? level : LinkGroups::kNotLinked;
  }
  return limited;
}

// Whether each item is linked to each other one.
bool AreAllLinked(const SearchProblem& problem) {
  std::vector<int> sizes(problem.strengths.size());
  for (const auto& item : problem.items) ++sizes[static_cast<std::size_t>(item.group)];
  for (std::size_t from = 0; from < sizes.size(); ++from) {
    for (std::size_t to = 0; to < sizes.size(); ++to) {
      const bool is_asked = from != to || sizes[from] > 1;
      if (is_asked && problem.strengths[from][to] == LinkGroups::kNotLinked) return false;
    }
  }
  return true;
}

bool AreServedAlike(const SearchProblem& problem, std::size_t want) {
  return std::all_of(problem.items.begin(), problem.items.end(), [&](const SearchItem& item) {
    return (item.wants >> want & 1U) == (item.wants >> (want + 1) & 1U);
  });
}

// Wants in a row that the same items serve are one, whose order is looked at in the end.
void AskForSets(SearchProblem& problem) {
  problem.ordered = false;
  std::vector<int> counts;
  std::vector<unsigned> wants(problem.items.size());
  for (std::size_t want = 0; want < problem.counts.size(); ++want) {
    if (want == 0 || !AreServedAlike(problem, want - 1)) {
      for (std::size_t i = 0; i < wants.size(); ++i) wants[i] |= (problem.items[i].wants >> want & 1U) << counts.size();
      counts.push_back(0);
      problem.each_order.emplace_back();
    }
    counts.back() += problem.counts[want];
    problem.each_order.back().push_back(problem.counts[want]);
  }
  problem.counts = std::move(counts);
  for (std::size_t i = 0; i < wants.size(); ++i) problem.items[i].wants = wants[i];
}

}  // namespace

std::vector<SearchProblem> SplitByLinks(const SearchProblem& problem) {
  std::map<int, std::vector<SearchItem>> items;
  const auto part_of = PartsOf(problem.strengths);
  for (const auto& item : problem.items) items[part_of[static_cast<std::size_t>(item.group)]].push_back(item);
  std::vector<SearchProblem> parts;
  for (auto& [part, its_items] : items) parts.push_back(PartOf(problem, std::move(its_items)));
  return parts;
}

std::vector<SearchProblem> SplitByStrength(const SearchProblem& problem) {
  std::vector<SearchProblem> problems;
  for (const auto level : LevelsOf(problem.strengths)) {
    for (auto& part : SplitByLinks(AtLevel(problem, level))) {
      // Nothing there is linked.
      if (LevelsOf(part.strengths).empty()) continue;
      part.strength = level;
      if (AreAllLinked(part)) AskForSets(part);
      problems.push_back(std::move(part));
    }
  }
  return problems;
}

}  // namespace nacelle

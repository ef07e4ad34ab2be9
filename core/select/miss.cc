// SPDX-License-Identifier: Apache-2.0
#include "core/select/miss.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "core/select/answers.h"

namespace nacelle {
namespace {

using Kind = Relation::Kind;

constexpr std::size_t kMaxNamed = 12;
// One for each filter that is left out, or relation that is weaker, and one without.
constexpr long kMostSearches = 10;

std::string Counted(int count, const std::string& what) {
  return std::to_string(count) + ' ' + what + (count == 1 ? "" : "s");
}

std::string OperationsOf(const Inventory& inventory) {
  std::set<std::string> operations;
  for (const auto& function : inventory.functions) operations.insert(function.operations.begin(), function.operations.end());
  if (operations.empty()) return "no function here has any";
  std::string text = "there are ";
  std::size_t named = 0;
  for (const auto& operation : operations) {
    if (named == kMaxNamed) return text + " and others";
    text += (named++ == 0 ? "" : ", ") + operation;
  }
  return text;
}

class Explaining {
 public:
  Explaining(const Inventory& inventory, const Query& query, const FindOptions& options)
      : inventory_(inventory), query_(query), options_(options) {
    options_.limit = 1;
    options_.max_steps = options.max_steps / kMostSearches;
  }

  Miss OfPlace(std::string message) const {
    auto anywhere = query_;
    anywhere.relation = {};
    return With(Print(query_.relation), std::move(message), {anywhere});
  }

  Miss Explain() const {
    for (std::size_t i = 0; i < query_.wants.size(); ++i) {
      if (auto miss = MissOfWant(i)) return *miss;
    }
    auto alone = query_;
    alone.relation = {};
    if (FindAnswers(inventory_, alone, options_).answers.empty()) return MissTogether();
    return MissOfRelation();
  }

 private:
  // A miss, with the first of `nearby` that has an answer.
  Miss With(std::string part, std::string message, const std::vector<Query>& nearby) const {
    Miss miss{std::move(part), std::move(message), {}, {}};
    for (const auto& query : nearby) {
      auto result = FindAnswers(inventory_, query, options_);
      if (result.answers.empty()) continue;
      miss.closest_query = query;
      miss.closest = std::move(result.answers.front());
      break;
    }
    return miss;
  }

  Query WithWant(std::size_t index, Want want) const {
    auto query = query_;
    query.wants[index] = std::move(want);
    return query;
  }

  std::optional<Miss> MissOfWant(std::size_t index) const {
    const auto& want = query_.wants[index];
    int having = 0;
    int serving = 0;
    for (const auto& function : inventory_.functions) {
      having += Serves(function, {1, want.operation, {}}) ? 1 : 0;
      serving += Serves(function, want) ? 1 : 0;
    }
    if (having == 0) {
      return With(want.operation, "no function has the operation " + want.operation + ": " + OperationsOf(inventory_), {});
    }
    if (serving == 0) return MissOfFilters(index, having);
    return MissOfQueues(index);
  }

  Miss MissOfFilters(std::size_t index, int having) const {
    const auto& want = query_.wants[index];
    std::vector<Query> nearby;
    for (std::size_t i = 0; i < want.filters.size(); ++i) {
      auto fewer = want;
      fewer.filters.erase(fewer.filters.begin() + static_cast<std::ptrdiff_t>(i));
      nearby.push_back(WithWant(index, fewer));
    }
    nearby.push_back(WithWant(index, {want.count, want.operation, {}}));
    return With(Print(want), "of " + Counted(having, "function") + " with " + want.operation + " none passes the filters",
                nearby);
  }

  // Counts the queues that serve a want, and what keeps them from it.
  std::optional<Miss> MissOfQueues(std::size_t index) const {
    const auto& want = query_.wants[index];
    const Query one{{want}, {}};
    auto everything = options_.candidates;
    everything.all = true;
    const auto all = FindCandidates(inventory_, one, everything);
    const auto free = FindCandidates(inventory_, one, options_.candidates);
    const int count = static_cast<int>(free.size());
    if (count >= want.count) return std::nullopt;
    const auto marked = [&](Mark mark) {
      return static_cast<int>(std::count_if(all.begin(), all.end(), [&](const auto& c) { return c.mark == mark; }));
    };
    std::string message = "of " + Counted(static_cast<int>(all.size()), "queue") + " that could serve it ";
    message += std::to_string(count) + (count == 1 ? " is" : " are") + " to be had";
    if (const int held = marked(Mark::kHeld)) message += ", " + std::to_string(held) + " held";
    if (const int unhealthy = marked(Mark::kUnhealthy)) message += ", " + std::to_string(unhealthy) + " unhealthy";
    auto fewer = want;
    fewer.count = count;
    return With(Print(want), message, count > 0 ? std::vector{WithWant(index, fewer)} : std::vector<Query>{});
  }

  Miss MissTogether() const {
    auto alone = query_;
    alone.relation = {};
    const auto count = FindCandidates(inventory_, alone, options_.candidates).size();
    return With(Print(alone),
                "each can be had alone, but not together: no queue serves two wants, and " +
                    Counted(static_cast<int>(count), "queue") + " must serve " + std::to_string(QueueCount(query_)),
                {});
  }

  Miss MissOfRelation() const {
    auto unrelated = query_;
    unrelated.relation = {};
    std::vector<Query> nearby;
    const auto& relation = query_.relation;
    if (relation.kind == Kind::kNear) {
      nearby.push_back(query_);
      nearby.back().relation.within.reset();
    }
    if (relation.kind == Kind::kChained) {
      for (const auto strength : {std::optional<LinkStrength>(), std::optional(LinkStrength::kSharedAddress)}) {
        nearby.push_back(query_);
        nearby.back().relation.strength = strength;
      }
    }
    nearby.push_back(unrelated);
    auto miss = With(Print(relation), {}, nearby);
    miss.message = RelationMessage(miss);
    return miss;
  }

  std::string RelationMessage(const Miss& miss) const {
    switch (query_.relation.kind) {
      case Kind::kNone: return "nothing was found";
      case Kind::kNear:
        return "not enough of them lie within " + std::to_string(query_.relation.within.value_or(kUnknownDistance)) +
               (miss.closest ? "; the nearest reach to " + std::to_string(miss.closest->reason.distance) : "");
      case Kind::kSharingHbm: {
        const bool has_hbm = std::any_of(inventory_.domains.begin(), inventory_.domains.end(),
                                         [](const auto& domain) { return domain.kind == MemoryKind::kHbm; });
        return has_hbm ? "no memory of kind hbm is local to enough of them" : "there is no memory of kind hbm";
      }
      case Kind::kChained:
        return miss.closest && miss.closest->reason.strength
                   ? "no such links join them; " + std::string(Name(*miss.closest->reason.strength)) + " would"
                   : "no links join them";
    }
    return {};
  }

  const Inventory& inventory_;
  const Query& query_;
  FindOptions options_;
};

}  // namespace

Miss MissOfPlace(const Inventory& inventory, const Query& query, const FindOptions& options, std::string message) {
  return Explaining(inventory, query, options).OfPlace(std::move(message));
}

Miss ExplainMiss(const Inventory& inventory, const Query& query, const FindOptions& options) {
  return Explaining(inventory, query, options).Explain();
}

}  // namespace nacelle

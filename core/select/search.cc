// SPDX-License-Identifier: Apache-2.0
#include "core/select/search.h"

#include <algorithm>
#include <bit>
#include <numeric>
#include <optional>
#include <utility>

#include "core/select/arrangement.h"
#include "core/select/expansion.h"
#include "core/select/item_class.h"
#include "core/select/link_groups.h"
#include "core/select/link_parts.h"
#include "core/select/search_bound.h"
#include "core/select/want_room.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxSeeds = 64;  // once there is a choice
constexpr long kOperationsAnItem = 128;  // to put it into its class
constexpr long kSeedOperationsAnItem = 8 * kOperationsAStep;  // for seeds while there is none
// Of larger sets that have several orders only the least is given.
constexpr std::size_t kMostOrdered = 64;

class Searching {
 public:
  Searching(const SearchProblem& problem, const SearchEffort& effort, std::vector<SearchChoice> known)
      : problem_(problem), effort_(effort), classes_(MakeClasses(problem)), bound_(problem, classes_),
        room_(problem.counts), best_(std::move(known)) {
    if (effort.limit > 1) NoteOrders();
    Charge(kOperationsAnItem * static_cast<long>(problem.items.size()) + Nodes() * Wants() * (static_cast<long>(classes_.size()) + Nodes() + Queues()));
    partial_.cost.strength = problem.strength;
    partial_.cost.origin = problem.origin;
    partial_.used.assign(classes_.size(), 0);
    partial_.by_want.assign(problem.counts.size(), 0);
    partial_.added = problem.base;
    partial_.added.resize(problem.distances.size());
  }

  SearchResult Run() && {
    if (effort_.limit == 0) return {};
    const SearchRest all{0, 0, NeedOf(0)};
    if (!IsHopeless(all) && FillFromSeeds()) Extend(all);
    return {std::move(best_), operations_ / kOperationsAStep, !is_out_of_steps_ && !leaves_out_};
  }

 private:
  long Nodes() const { return static_cast<long>(problem_.distances.size()); }
  long Wants() const { return static_cast<long>(problem_.counts.size()); }
  long Queues() const { return std::accumulate(problem_.counts.begin(), problem_.counts.end(), 0L); }

  void Charge(long operations) {
    operations_ += operations;
    is_out_of_steps_ = is_out_of_steps_ || operations_ / kOperationsAStep >= effort_.max_steps;
  }

  // Charges for what can be left out, unless that is too much.
  bool Affords(long operations) {
    const bool affords = (operations_ + operations) / kOperationsAStep < effort_.max_steps;
    if (affords) Charge(operations);
    leaves_out_ = leaves_out_ || !affords;
    return affords;
  }

  // Of what WantRoom does.
  long FitOperations() const { return problem_.ordered ? 1 : 1L << Wants(); }

  // Of a look at a class: what may be taken of it.
  void ChargeClass(std::size_t index) {
    Charge(problem_.ordered ? 1 + static_cast<long>(partial_.picks.size()) : 1 + (FitOperations() >> std::popcount(classes_[index].wants)));
  }

  // Of a partial choice: its costs at each node, and what the rest costs at least.
  void ChargePartial() {
    const auto rest = static_cast<long>(classes_.size()) + Nodes() * (2 + Wants() * (4 + Wants()));
    Charge(std::max(kOperationsAStep, rest + FitOperations()));
  }

  // Of a complete one: all its queues are arranged.
  long CompleteOperations() const { return kOperationsAStep + Queues() * (8 + Wants() * FitOperations()); }

  std::size_t Stages() const { return problem_.ordered ? problem_.counts.size() : 1; }

  int NeedOf(std::size_t stage) const {
    if (problem_.ordered) return problem_.counts[stage];
    return std::accumulate(problem_.counts.begin(), problem_.counts.end(), 0);
  }

  int Room(std::size_t index) const {
    return static_cast<int>(classes_[index].items.size()) - partial_.used[index];
  }

  // How many more items of a class can be taken at most, no want getting too much.
  int Most(std::size_t index) const {
    return problem_.ordered ? Room(index) : std::min(Room(index), room_.Left(classes_[index].wants));
  }

  // Whether items of a class may serve in a stage beside those taken before;
  // the strength of the weakest link then.
  std::optional<int> StrengthWith(std::size_t index, std::size_t stage) const {
    if (!problem_.ordered) return problem_.strength;
    if ((classes_[index].wants >> stage & 1U) == 0) return std::nullopt;
    int strength = partial_.cost.strength;
    for (const auto& pick : partial_.picks) {
      if (pick.stage + 1 != stage) continue;
      const auto& from = classes_[pick.item_class];
      const auto link = problem_.strengths[from.group][classes_[index].group];
      if (link == LinkGroups::kNotLinked) return std::nullopt;
      strength = std::max<int>(strength, link);
    }
    return strength;
  }

  void Put(const SearchPick& pick, int sign) {
    const auto& item_class = classes_[pick.item_class];
    const int count = pick.count * sign;
    auto& cost = partial_.cost;
    auto& used = partial_.used[pick.item_class];
    const long among = static_cast<long>(pick.count) * (pick.count - 1) / 2 * DistanceOf(item_class, item_class.node);
    if (sign < 0) AddToNodes(item_class, count);
    cost.pairs += count * partial_.added[item_class.node] + sign * among;
    if (sign > 0) AddToNodes(item_class, count);
    cost.place += static_cast<long>(count) * item_class.place;
    cost.negative_free_shares -= item_class.free_shares[used + count] - item_class.free_shares[used];
    used += count;
    if (!problem_.ordered) room_.Take(item_class.wants, count);
    for (std::size_t want = 0; want < partial_.by_want.size(); ++want) {
      if ((item_class.wants >> want & 1U) != 0) partial_.by_want[want] += count;
    }
  }

  int DistanceOf(const ItemClass& item_class, std::size_t node) const {
    return problem_.distances[item_class.node][node];
  }

  void AddToNodes(const ItemClass& item_class, int count) {
    for (std::size_t node = 0; node < partial_.added.size(); ++node) {
      partial_.added[node] += static_cast<long>(count) * DistanceOf(item_class, node);
    }
  }

  void Push(const SearchPick& pick) {
    Put(pick, 1);
    partial_.picks.push_back(pick);
  }

  void Pop() {
    const auto pick = partial_.picks.back();
    partial_.picks.pop_back();
    Put(pick, -1);
  }

  bool IsHopeless(const SearchRest& rest) {
    const auto least = bound_.LeastCost(partial_, rest);
    if (!least) return true;
    if (best_.size() < effort_.limit) return false;
    const auto& worst = best_.back();
    const SearchBound::Least limit{worst.strength, worst.place, worst.pairs, worst.negative_free_shares, worst.ranks.front()};
    return *least > limit || (*least == limit && IsBehind(rest));
  }

  // Whether, of the same cost, it comes after the worst known whatever completes it: by
  // the ranks of the stages that are complete.
  bool IsBehind(const SearchRest& rest) const {
    if (!problem_.ordered) return false;
    std::vector<int> ranks;
    for (std::size_t stage = 0; stage < rest.stage + (rest.need == 0 ? 1 : 0); ++stage) {
      const auto first = static_cast<std::ptrdiff_t>(ranks.size());
      for (std::size_t pick = 0; pick < partial_.picks.size(); ++pick) {
        if (partial_.picks[pick].stage == stage) AddLeastRanks(pick, ranks);
      }
      std::sort(ranks.begin() + first, ranks.end());
    }
    const auto& worst = best_.back().ranks;
    return std::lexicographical_compare(worst.begin(), worst.begin() + static_cast<std::ptrdiff_t>(ranks.size()), ranks.begin(), ranks.end());
  }

  // Of a class, earlier picks have taken the first ones.
  void AddLeastRanks(std::size_t pick, std::vector<int>& ranks) const {
    const auto& taken = partial_.picks[pick];
    auto item = classes_[taken.item_class].items.begin();
    for (std::size_t before = 0; before < pick; ++before) {
      if (partial_.picks[before].item_class == taken.item_class) item += partial_.picks[before].count;
    }
    for (int i = 0; i < taken.count; ++i) ranks.push_back((item++)->rank);
  }

  void Extend(const SearchRest& rest) {
    if (rest.need == 0) {
      if (rest.stage + 1 == Stages()) return Expand();
      return Extend({rest.stage + 1, 0, NeedOf(rest.stage + 1)});
    }
    for (std::size_t i = rest.first_class; i < classes_.size() && !is_out_of_steps_; ++i) {
      ChargeClass(i);
      const auto strength = StrengthWith(i, rest.stage);
      if (!strength) continue;
      const int before = std::exchange(partial_.cost.strength, *strength);
      for (int count = std::min(Most(i), rest.need); count > 0 && !is_out_of_steps_; --count) {
        ChargePartial();
        const SearchRest next{rest.stage, i + 1, rest.need - count};
        Push({i, rest.stage, count});
        if (!IsHopeless(next)) Extend(next);
        Pop();
      }
      partial_.cost.strength = before;
    }
  }

  // Takes the best of the choices that agree with the partial one, now complete.
  void Expand() {
    Expansion expansion(problem_, classes_, partial_.picks, partial_.cost);
    Charge(CompleteOperations());
    while (auto choice = expansion.Next()) {
      if (best_.size() == effort_.limit && !(choice->Key() < best_.back().Key())) return;
      KeepOrders(std::move(*choice));
      if (effort_.limit == 1) return;
      // The next one is found among those in which one queue is another.
      if (!Affords(Queues() * CompleteOperations())) return;
    }
  }

  // What an item serves, where each want that is one with others counts by itself.
  unsigned InOrder(unsigned wants) const {
    unsigned apart = 0;
    std::size_t bit = 0;
    for (std::size_t want = 0; want < problem_.each_order.size(); ++want) {
      for (std::size_t i = 0; i < problem_.each_order[want].size(); ++i, ++bit) apart |= (wants >> want & 1U) << bit;
    }
    return apart;
  }

  void NoteOrders() {
    for (const auto& row : problem_.each_order) order_counts_.insert(order_counts_.end(), row.begin(), row.end());
    for (const auto& item : problem_.items) {
      const auto rank = static_cast<std::size_t>(item.rank);
      if (rank >= serves_in_order_.size()) serves_in_order_.resize(rank + 1);
      serves_in_order_[rank] = InOrder(item.wants);
      has_orders_ = has_orders_ || std::popcount(serves_in_order_[rank]) > 1;
    }
  }

  // With a choice, its other orders, where each is an answer.
  void KeepOrders(SearchChoice choice) {
    if (!has_orders_ || choice.ranks.size() > kMostOrdered) {
      leaves_out_ = leaves_out_ || has_orders_;
      return Keep(std::move(choice));
    }
    std::vector<ArrangedItem> items;
    for (const int rank : choice.ranks) items.push_back({rank, serves_in_order_[static_cast<std::size_t>(rank)]});
    ForEachArrangement(order_counts_, std::move(items), [&](const std::vector<int>& ranks, long operations) {
      Charge(operations + Queues());
      choice.ranks = ranks;
      if (best_.size() == effort_.limit && !(choice.Key() < best_.back().Key())) return false;
      Keep(choice);
      return true;
    });
  }

  // A choice may be known, from a seed or at another cost from another problem.
  void Keep(SearchChoice choice) {
    Charge(static_cast<long>(best_.size()) * (1 + Queues() / 8));
    const auto known = std::find_if(best_.begin(), best_.end(), [&](const auto& c) { return c.ranks == choice.ranks; });
    if (known != best_.end()) {
      if (!(choice.Key() < known->Key())) return;
      best_.erase(known);
    }
    const auto at = std::lower_bound(best_.begin(), best_.end(), choice,
                                     [](const auto& a, const auto& b) { return a.Key() < b.Key(); });
    best_.insert(at, std::move(choice));
    if (best_.size() > effort_.limit) best_.pop_back();
  }

  // Good choices at the start let most of the rest be left out: gathers around
  // each class, taking one by one what costs least. False when there is no choice at
  // all: where order does not count, what is taken can always be completed if anything
  // can (sets of items that can be given to wants are those of a matroid).
  bool FillFromSeeds() {
    FindFollowers();
    const long most = operations_ + kSeedOperationsAnItem * static_cast<long>(problem_.items.size());
    std::size_t seeds = 0;
    for (std::size_t seed = 0; seed < classes_.size() && MayBegin(seeds, most); ++seed) {
      if (!Fits(seed, 0)) continue;
      ++seeds;
      Push({seed, 0, 1});
      while (Taken() < Queues() && PushCheapest()) {
      }
      const bool is_complete = Taken() == Queues();
      if (is_complete) ExpandSeed();
      while (!partial_.picks.empty()) Pop();
      if (!is_complete && !problem_.ordered) return false;
    }
    return true;
  }

  // Whether to gather around one more class. While there is no choice, also out of steps:
  // where order counts, what is taken may be linked to nothing that completes it.
  bool MayBegin(std::size_t seeds, long most_operations) const {
    if (best_.empty()) return seeds == 0 || operations_ < most_operations;
    return !is_out_of_steps_ && seeds < kMaxSeeds;
  }

  long Taken() const { return static_cast<long>(partial_.picks.size()); }

  // A seed's picks are single items: those of a class in a stage become one pick.
  void ExpandSeed() {
    const auto singles = std::exchange(partial_.picks, {});
    for (const auto& one : singles) {
      auto& picks = partial_.picks;
      const auto same = std::find_if(picks.begin(), picks.end(), [&](const auto& pick) { return pick.item_class == one.item_class && pick.stage == one.stage; });
      if (same == picks.end()) picks.push_back(one);
      else ++same->count;
    }
    Expand();
    partial_.picks = singles;
  }

  // Of each class, the wants that can come after it in a chain.
  void FindFollowers() {
    if (!problem_.ordered) return;
    followers_.assign(classes_.size(), 0);
    Charge(static_cast<long>(classes_.size() * classes_.size()));
    for (std::size_t from = 0; from < classes_.size(); ++from) {
      for (const auto& to : classes_) {
        if (problem_.strengths[classes_[from].group][to.group] != LinkGroups::kNotLinked) followers_[from] |= to.wants;
      }
    }
  }

  // Whether an item of a class may be the next one in a stage, and be followed. Where
  // order does not count, any may be.
  bool Fits(std::size_t index, std::size_t stage) const {
    if (!problem_.ordered) return true;
    const bool is_last = stage + 1 == Stages();
    return StrengthWith(index, stage).has_value() && (is_last || (followers_[index] >> (stage + 1) & 1U) != 0);
  }

  // The stage of the next item of a seed.
  std::size_t NextStage() const {
    std::size_t stage = 0;
    for (long left = Taken(); problem_.ordered && left >= problem_.counts[stage]; ++stage) left -= problem_.counts[stage];
    return stage;
  }

  bool PushCheapest() {
    std::optional<std::size_t> best;
    const auto stage = NextStage();
    const auto left = room_.LeftOfEach();
    Charge(static_cast<long>(classes_.size()) * (problem_.ordered ? 1 + Taken() : 1) + Nodes() + FitOperations() * Wants());
    const auto cost = [&](std::size_t i) {
      const auto& item_class = classes_[i];
      return std::tuple(item_class.place, partial_.added[item_class.node],
                        -item_class.items[partial_.used[i]].free_shares, item_class.least_rank);
    };
    for (std::size_t i = 0; i < classes_.size(); ++i) {
      if (Room(i) > 0 && left[classes_[i].wants] > 0 && Fits(i, stage) && (!best || cost(i) < cost(*best))) best = i;
    }
    if (best) Push({*best, stage, 1});
    return best.has_value();
  }

  const SearchProblem& problem_;
  const SearchEffort effort_;
  const std::vector<ItemClass> classes_;
  SearchBound bound_;
  WantRoom room_;  // beside what is taken; unused when order counts
  PartialChoice partial_;
  std::vector<SearchChoice> best_;
  long operations_ = 0;
  std::vector<unsigned> followers_;     // by class, when order counts
  bool has_orders_ = false;             // a set may be several answers
  std::vector<int> order_counts_;       // items a want, those that are one in the problem apart
  std::vector<unsigned> serves_in_order_;  // of these, by rank
  bool leaves_out_ = false;             // orders, or the next best of an expansion
  bool is_out_of_steps_ = false;
};

// One problem after the other, of which all share the steps.
SearchResult SearchParts(const std::vector<SearchProblem>& problems, const SearchEffort& effort, std::vector<SearchChoice> known) {
  SearchResult result{std::move(known)};
  for (std::size_t i = 0; i < problems.size(); ++i) {
    const auto share = (effort.max_steps - result.steps) / static_cast<long>(problems.size() - i);
    auto next = Searching(problems[i], {effort.limit, share}, std::move(result.best)).Run();
    result.best = std::move(next.best);
    result.steps += next.steps;
    result.proven = result.proven && next.proven;
  }
  return result;
}

}  // namespace

SearchResult Search(const SearchProblem& problem, const SearchEffort& effort, std::vector<SearchChoice> known) {
  if (problem.ordered) return SearchParts(SplitByStrength(problem), effort, std::move(known));
  return Searching(problem, effort, std::move(known)).Run();
}

}  // namespace nacelle

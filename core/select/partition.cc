// SPDX-License-Identifier: Apache-2.0
#include "core/select/partition.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "core/select/arrangement.h"
#include "core/select/packing.h"
#include "core/select/question.h"
#include "core/select/tuple_shape.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxShapes = 20'000;

class Dividing {
 public:
  Dividing(const Inventory& inventory, const Query& query, const PartitionRequest& request)
      : inventory_(inventory), query_(Unfold(query)), request_(request) {
    options_.excluded = request.excluded;
    for (const auto& tuple : request.kept) options_.excluded.insert(tuple.begin(), tuple.end());
  }

  Partition Run() && {
    candidates_ = FindCandidates(inventory_, query_, options_);
    questions_ = AskAll(inventory_, query_, candidates_, request_.numa_of_cpu);
    const auto parts = Parts();
    for (const auto& part : parts) {
      if (!TakePacked(part, request_.max_steps / static_cast<long>(parts.size()))) {
        TakeOneByOne();
        break;
      }
    }
    std::sort(partition_.made.begin(), partition_.made.end());
    return std::move(partition_);
  }

 private:
  void AddCost(const TupleCost& cost, int times) {
    partition_.strength_sum += static_cast<int>(cost.strength) * times;
    partition_.place_sum += cost.place * times;
    partition_.pair_sum += cost.pairs * times;
  }

  // Questions with queues in common; those of a chain have none.
  std::vector<std::vector<Question>> Parts() const {
    if (query_.relation.kind != Relation::Kind::kChained) return {questions_};
    std::vector<std::vector<Question>> parts;
    for (const auto& question : questions_) parts.push_back({question});
    return parts;
  }

  // False when there are too many shapes to try.
  bool TakePacked(const std::vector<Question>& part, long max_steps) {
    const auto classes = ClassifyQueues(part);
    const auto shapes = ListShapes(part, classes, kMaxShapes, max_steps);
    if (!shapes) return false;
    std::vector<int> rooms;
    rooms.reserve(classes.size());
    for (const auto& queues : classes) rooms.push_back(static_cast<int>(queues.ranks.size()));
    const auto packing =
        ArePairsOfTwoSides(*shapes) ? PackPairs(*shapes, rooms) : Pack(*shapes, rooms, max_steps);
    partition_.proven_best = partition_.proven_best && packing.proven;
    std::vector<std::size_t> used(classes.size());
    for (std::size_t i = 0; i < shapes->size(); ++i) {
      AddCost((*shapes)[i].cost, packing.times[i]);
      for (int time = 0; time < packing.times[i]; ++time) Make(classes, (*shapes)[i], used);
    }
    return true;
  }

  // Gives a shape the next queues of its classes.
  void Make(const std::vector<QueueClass>& classes, const TupleShape& shape, std::vector<std::size_t>& used) {
    std::vector<ArrangedItem> items;
    for (const int index : shape.classes) {
      items.push_back({classes[index].ranks[used[index]++], classes[index].wants});
    }
    if (query_.relation.kind == Relation::Kind::kChained) return AddTuple(InOrder(items));
    std::vector<int> counts;
    for (const auto& want : query_.wants) counts.push_back(want.count);
    AddTuple(Arrange(counts, std::move(items)));
  }

  // The queues of each want ascend; wants stay as they are.
  std::vector<int> InOrder(const std::vector<ArrangedItem>& items) const {
    std::vector<int> ranks;
    ranks.reserve(items.size());
    for (const auto& item : items) ranks.push_back(item.rank);
    auto first = ranks.begin();
    for (const auto& want : query_.wants) {
      std::sort(first, first + want.count);
      first += want.count;
    }
    return ranks;
  }

  void AddTuple(const std::vector<int>& ranks) {
    Tuple tuple;
    for (const int rank : ranks) tuple.push_back(candidates_[rank].queue->id);
    partition_.made.push_back(std::move(tuple));
  }

  // Where there are too many shapes: each time the best of what is left. It is
  // proven when all tuples are as good as the first, and no more can be.
  void TakeOneByOne() {
    partition_ = {};
    found_.assign(questions_.size(), std::nullopt);
    const auto most = static_cast<long>(MostTuples());
    std::optional<TupleCost> first;
    bool all_alike = true;
    for (long steps = request_.max_steps, left = most; steps > 0; --left) {
      steps -= std::max(1L, SearchAnew(steps / (left + 1)));
      all_alike = all_alike && std::all_of(found_.begin(), found_.end(), [](const auto& found) { return found->proven; });
      const auto choice = BestFound();
      if (!choice) break;
      const TupleCost cost{choice->strength, choice->place, choice->pairs};
      all_alike = all_alike && cost == first.value_or(cost);
      first = first.value_or(cost);
      AddCost(cost, 1);
      AddTuple(choice->ranks);
      Remove(choice->ranks);
    }
    partition_.proven_best = all_alike && static_cast<long>(partition_.made.size()) == most;
  }

  // Answers the questions of which queues were taken since they were answered; the steps it took.
  long SearchAnew(long max_steps) {
    const auto open = std::count(found_.begin(), found_.end(), std::nullopt);
    long steps = 0;
    for (std::size_t i = 0; i < found_.size(); ++i) {
      if (found_[i]) continue;
      found_[i] = Search(questions_[i].problem, {1, std::max(1L, max_steps / open)});
      steps += found_[i]->steps;
    }
    return steps;
  }

  std::optional<SearchChoice> BestFound() const {
    std::optional<SearchChoice> best;
    for (const auto& found : found_) {
      if (!found->best.empty() && (!best || found->best.front().Key() < best->Key())) best = found->best.front();
    }
    return best;
  }

  void Remove(const std::vector<int>& ranks) {
    for (std::size_t i = 0; i < questions_.size(); ++i) {
      const auto taken = std::erase_if(questions_[i].problem.items, [&](const SearchItem& item) {
        return std::find(ranks.begin(), ranks.end(), item.rank) != ranks.end();
      });
      if (taken > 0) found_[i].reset();
    }
  }

  // No want can have more than its candidates, nor all together.
  std::size_t MostTuples() const {
    auto most = candidates_.size() / static_cast<std::size_t>(QueueCount(query_));
    for (std::size_t want = 0; want < query_.wants.size(); ++want) {
      const auto serving = std::count_if(candidates_.begin(), candidates_.end(),
                                         [&](const Candidate& c) { return (c.wants >> want & 1U) != 0; });
      most = std::min(most, static_cast<std::size_t>(serving / query_.wants[want].count));
    }
    return most;
  }

  const Inventory& inventory_;
  const Query query_;
  const PartitionRequest& request_;
  CandidateOptions options_;
  std::vector<Candidate> candidates_;
  std::vector<Question> questions_;
  std::vector<std::optional<SearchResult>> found_;  // the best answer to each question; absent: it changed since
  Partition partition_;
};

}  // namespace

Partition Divide(const Inventory& inventory, const Query& query, const PartitionRequest& request) {
  return Dividing(inventory, query, request).Run();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/select/tuple_shape.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "core/select/link_groups.h"

namespace nacelle {
namespace {

using Uses = std::vector<std::pair<int, int>>;

class Listing {
 public:
  Listing(const std::vector<Question>& questions, const std::vector<QueueClass>& classes, std::size_t limit,
          long max_steps)
      : questions_(questions), problem_(questions.front().problem), classes_(classes), limit_(limit),
        operations_left_(max_steps * kOperationsAStep), used_(classes.size()) {}

  std::optional<std::vector<TupleShape>> List() && {
    Extend(0, 0, problem_.counts[0]);
    if (gave_up_) return std::nullopt;
    std::stable_sort(shapes_.begin(), shapes_.end(), [](const TupleShape& a, const TupleShape& b) {
      return std::tie(a.cost, a.uses, a.classes) < std::tie(b.cost, b.uses, b.classes);
    });
    seen_.clear();
    std::erase_if(shapes_, [&](const TupleShape& shape) { return !seen_.insert(shape.uses).second; });
    return std::move(shapes_);
  }

 private:
  // Takes `need` more queues for a want, from the classes from `first` on.
  void Extend(std::size_t want, int first, int need) {
    if (need == 0) {
      if (want + 1 == problem_.counts.size()) return Keep();
      return Extend(want + 1, 0, problem_.counts[want + 1]);
    }
    const int before = want == 0 || !problem_.ordered ? 0 : problem_.counts[want - 1];
    Charge((static_cast<long>(classes_.size()) - first) * (4 + before));
    for (int i = first; i < static_cast<int>(classes_.size()) && !gave_up_; ++i) {
      if (!MayServe(i, want)) continue;
      taken_.push_back(i);
      ++used_[i];
      Extend(want, i, need - 1);
      --used_[i];
      taken_.pop_back();
    }
  }

  void Charge(long operations) {
    operations_left_ -= operations;
    gave_up_ = gave_up_ || operations_left_ <= 0;
  }

  bool MayServe(int index, std::size_t want) const {
    const auto& queues = classes_[index];
    if ((queues.wants >> want & 1U) == 0 || used_[index] == static_cast<int>(queues.ranks.size())) return false;
    return !problem_.ordered || LinkBefore(index, want) != LinkGroups::kNotLinked;
  }

  // The weakest link from the queues of the want before to a queue of `want`.
  int LinkBefore(int index, std::size_t want) const {
    int weakest = 0;
    if (want == 0) return weakest;
    std::size_t end = 0;
    for (std::size_t i = 0; i < want; ++i) end += static_cast<std::size_t>(problem_.counts[i]);
    for (auto i = end - static_cast<std::size_t>(problem_.counts[want - 1]); i < end; ++i) {
      weakest = std::max<int>(weakest, problem_.strengths[classes_[taken_[i]].group][classes_[index].group]);
    }
    return weakest;
  }

  void Keep() {
    const auto queues = static_cast<long>(taken_.size());
    Charge(queues * (queues + static_cast<long>(questions_.size()) + kOperationsAStep));
    auto uses = UsesOf();
    if (!problem_.ordered && !seen_.insert(uses).second) return;
    const auto place = LeastPlace();
    if (!place) return;
    gave_up_ = gave_up_ || shapes_.size() == limit_;
    shapes_.push_back({taken_, std::move(uses), {Weakest(), *place, Pairs()}});
  }

  Uses UsesOf() const {
    std::map<int, int> uses;
    for (const int index : taken_) ++uses[index];
    return {uses.begin(), uses.end()};
  }

  // In the question that has them all, and is best.
  std::optional<long> LeastPlace() const {
    std::optional<long> least;
    for (std::size_t question = 0; question < questions_.size(); ++question) {
      std::optional<long> sum = 0;
      for (const int index : taken_) {
        const auto& place = classes_[index].places[question];
        sum = sum && place ? std::optional(*sum + *place) : std::nullopt;
      }
      if (sum && (!least || *sum < *least)) least = sum;
    }
    return least;
  }

  long Weakest() const {
    if (!problem_.ordered) return problem_.strength;
    int weakest = 0;
    std::size_t position = 0;
    for (std::size_t want = 0; want < problem_.counts.size(); ++want) {
      for (int i = 0; i < problem_.counts[want]; ++i) weakest = std::max(weakest, LinkBefore(taken_[position++], want));
    }
    return weakest;
  }

  long Pairs() const {
    long pairs = 0;
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        pairs += problem_.distances[classes_[taken_[i]].node][classes_[taken_[j]].node];
      }
    }
    return pairs;
  }

  const std::vector<Question>& questions_;
  const SearchProblem& problem_;
  const std::vector<QueueClass>& classes_;
  std::size_t limit_;
  long operations_left_;
  bool gave_up_ = false;
  std::vector<int> taken_;
  std::vector<int> used_;  // queues a class
  std::set<Uses> seen_;
  std::vector<TupleShape> shapes_;
};

}  // namespace

std::vector<QueueClass> ClassifyQueues(const std::vector<Question>& questions) {
  std::map<int, QueueClass> queues;  // by rank
  for (std::size_t question = 0; question < questions.size(); ++question) {
    for (const auto& item : questions[question].problem.items) {
      auto& queue = queues[item.rank];
      queue.node = item.node;
      queue.wants = item.wants;
      queue.group = item.group;
      queue.places.resize(questions.size());
      queue.places[question] = item.place;
    }
  }
  const auto less = [](const QueueClass& a, const QueueClass& b) { return a.Key() < b.Key(); };
  std::map<QueueClass, std::vector<int>, decltype(less)> ranks(less);
  for (const auto& [rank, queue] : queues) ranks[queue].push_back(rank);
  std::vector<QueueClass> classes;
  for (const auto& [queue, members] : ranks) {
    classes.push_back(queue);
    classes.back().ranks = members;
  }
  std::sort(classes.begin(), classes.end(), [](auto& a, auto& b) { return a.ranks.front() < b.ranks.front(); });
  return classes;
}

std::optional<std::vector<TupleShape>> ListShapes(const std::vector<Question>& questions,
                                                  const std::vector<QueueClass>& classes, std::size_t limit,
                                                  long max_steps) {
  if (questions.empty()) return std::vector<TupleShape>{};
  return Listing(questions, classes, limit, max_steps).List();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/select/preference.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

namespace nacelle {
namespace {

// A device that may be taken. Distances depend on NUMA nodes alone, so all
// devices at one node form a class, and costs are kept a class.
struct Candidate {
  std::string id;
  std::string queue;
  std::size_t numa_class = 0;
  int free_shares = 0;
};

struct Instance {
  std::vector<Candidate> candidates;     // by id
  std::vector<std::vector<int>> distance;  // between classes, larger of both directions
};

// A choice with its cost, compared field by field: smaller is better.
struct Choice {
  int repeated_queues = 0;
  long distance = 0;
  long negative_free_shares = 0;
  std::vector<std::string> ids;

  auto Key() const { return std::tie(repeated_queues, distance, negative_free_shares, ids); }
};

std::optional<int> NumaOf(const Inventory& inventory, const std::string& queue) {
  const auto ref = FindQueue(inventory, queue);
  return ref ? ref.function->numa : std::nullopt;
}

// An id that the offer does not know is a queue of its own at an unknown place.
Instance MakeInstance(const Inventory& inventory, const Offer& offer, const PreferenceRequest& request) {
  std::set<std::string> ids(request.available.begin(), request.available.end());
  ids.insert(request.must_include.begin(), request.must_include.end());

  Instance problem;
  std::map<std::string, int> free_shares;
  std::map<std::string, std::size_t> class_of_queue;
  std::vector<std::optional<int>> classes;
  for (const auto& id : ids) {
    const auto share = FindShare(offer, id);
    const std::string queue = share ? share->queue : id;
    ++free_shares[queue];
    if (!class_of_queue.contains(queue)) {
      const auto numa = share ? NumaOf(inventory, queue) : std::nullopt;
      const auto known = std::find(classes.begin(), classes.end(), numa);
      class_of_queue[queue] = static_cast<std::size_t>(known - classes.begin());
      if (known == classes.end()) classes.push_back(numa);
    }
    problem.candidates.push_back({id, queue, class_of_queue[queue], 0});
  }
  for (auto& candidate : problem.candidates) candidate.free_shares = free_shares[candidate.queue];
  for (const auto& a : classes) {
    auto& row = problem.distance.emplace_back();
    for (const auto& b : classes) {
      row.push_back(std::max(NumaDistance(inventory, a, b), NumaDistance(inventory, b, a)));
    }
  }
  return problem;
}

// Takes devices one by one, each time the one that costs least beside those
// that are already taken.
class Taking {
 public:
  explicit Taking(const Instance& problem)
      : problem_(problem), taken_(problem.candidates.size()), added_(problem.distance.size()) {}

  void Take(std::size_t index) {
    const auto& candidate = problem_.candidates[index];
    taken_[index] = true;
    if (!queues_.insert(candidate.queue).second) ++choice_.repeated_queues;
    choice_.distance += added_[candidate.numa_class];
    choice_.negative_free_shares -= candidate.free_shares;
    choice_.ids.push_back(candidate.id);
    for (std::size_t other = 0; other < added_.size(); ++other) {
      added_[other] += problem_.distance[candidate.numa_class][other];
    }
  }

  // False when none is left.
  bool TakeCheapest() {
    std::optional<std::size_t> best;
    for (std::size_t i = 0; i < taken_.size(); ++i) {
      if (!taken_[i] && (!best || CostOf(i) < CostOf(*best))) best = i;
    }
    if (best) Take(*best);
    return best.has_value();
  }

  std::size_t size() const { return choice_.ids.size(); }

  Choice Finish() && {
    std::sort(choice_.ids.begin(), choice_.ids.end());
    return std::move(choice_);
  }

 private:
  // Candidates are sorted by id, so of equal costs the smaller id comes first.
  std::tuple<bool, long, int> CostOf(std::size_t index) const {
    const auto& candidate = problem_.candidates[index];
    return {queues_.contains(candidate.queue), added_[candidate.numa_class], -candidate.free_shares};
  }

  const Instance& problem_;
  std::vector<bool> taken_;
  std::vector<long> added_;  // what a device of the class would add to the distance
  std::set<std::string_view> queues_;
  Choice choice_;
};

Taking TakeRequired(const Instance& problem, const PreferenceRequest& request) {
  Taking taking(problem);
  for (std::size_t i = 0; i < problem.candidates.size(); ++i) {
    const auto& id = problem.candidates[i].id;
    if (std::find(request.must_include.begin(), request.must_include.end(), id) != request.must_include.end()) {
      taking.Take(i);
    }
  }
  return taking;
}

}  // namespace

std::vector<std::string> PreferDevices(const Inventory& inventory, const Offer& offer,
                                       const PreferenceRequest& request) {
  const auto size = static_cast<std::size_t>(std::max(request.size, 0));
  const Instance problem = MakeInstance(inventory, offer, request);

  std::optional<Choice> best;
  const auto complete = [&](Taking taking) {
    while (taking.size() < size && taking.TakeCheapest()) {
    }
    auto choice = std::move(taking).Finish();
    if (!best || choice.Key() < best->Key()) best = std::move(choice);
  };

  const Taking required = TakeRequired(problem, request);
  if (required.size() > 0 || size == 0) {
    complete(required);
    return best->ids;
  }
  // The first device decides where the others gather: try every class.
  std::set<std::size_t> seeded;
  std::vector<std::size_t> order(problem.candidates.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return problem.candidates[a].free_shares > problem.candidates[b].free_shares;
  });
  for (const std::size_t i : order) {
    if (!seeded.insert(problem.candidates[i].numa_class).second) continue;
    Taking taking(problem);
    taking.Take(i);
    complete(std::move(taking));
  }
  return best ? best->ids : std::vector<std::string>{};
}

}  // namespace nacelle

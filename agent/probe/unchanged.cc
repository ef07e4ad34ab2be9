// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/unchanged.h"

#include <algorithm>
#include <sstream>

#include "agent/probe/device_function.h"

namespace nacelle {
namespace {

// Whether one is the other, or lies below it.
bool AreInLine(std::string_view a, std::string_view b) {
  const auto& upper = a.size() < b.size() ? a : b;
  const auto& lower = a.size() < b.size() ? b : a;
  return lower.starts_with(upper) && (lower.size() == upper.size() || lower[upper.size()] == '/');
}

struct Before {
  using Value = SharedList<Function>::Value;
  bool operator()(const Value& a, const Value& b) const { return a->path < b->path; }
  bool operator()(const Value& a, const std::string& path) const { return a->path < path; }
  bool operator()(const std::string& path, const Value& b) const { return path < b->path; }
};

void CopyFigure(const std::map<std::string, int>& from, const std::string& queue, std::map<std::string, int>& to) {
  const auto found = from.find(queue);
  if (found != from.end()) to.insert(*found);
}

bool IsWell(const Function& function) {
  return function.health.healthy && std::all_of(function.queues.begin(), function.queues.end(),
                                                [](const Queue& queue) { return queue.health.healthy; });
}

}  // namespace

bool Touches(const std::vector<std::string>& changed, std::string_view path) {
  return std::any_of(changed.begin(), changed.end(), [&](const std::string& other) { return AreInLine(other, path); });
}

// A problem names what it is about in words of its own, so that it cannot be
// told which device would have to be read for it again.
Unchanged::Unchanged(const Findings* last, const std::vector<std::string>& changed)
    : last_(last != nullptr && last->problems.empty() ? last : nullptr), changed_(changed) {
  if (last_ == nullptr) return;
  by_path_.reserve(last_->functions.size());
  for (std::size_t i = 0; i < last_->functions.size(); ++i) by_path_.push_back(last_->functions.shared(i));
  std::stable_sort(by_path_.begin(), by_path_.end(), Before{});
  for (const auto& function : by_path_) names_.insert(LastName(function->path));
  for (const auto& path : changed) {
    std::istringstream parts(path);
    for (std::string part; std::getline(parts, part, '/');) names_.insert(part);
  }
}

bool Unchanged::MustBeRead(const Function& function) const { return !IsWell(function) || Touches(changed_, function.path); }

void Unchanged::Put(const SharedList<Function>::Value& function, Findings& findings) const {
  findings.functions.push_back(function);
  for (const auto& queue : function->queues) {
    CopyFigure(last_->available, queue.id, findings.available);
    CopyFigure(last_->clients, queue.id, findings.clients);
  }
}

bool Unchanged::Take(const std::string& path, Findings& findings) const {
  if (last_ == nullptr) return false;
  const auto [begin, end] = std::equal_range(by_path_.begin(), by_path_.end(), path, Before{});
  if (begin == end || std::any_of(begin, end, [&](const auto& function) { return MustBeRead(*function); })) return false;
  std::for_each(begin, end, [&](const auto& function) { Put(function, findings); });
  return true;
}

bool Unchanged::TakeCard(const std::string& card, Findings& findings) const {
  if (last_ == nullptr) return false;
  std::vector<SharedList<Function>::Value> functions;
  for (std::size_t i = 0; i < last_->functions.size(); ++i) {
    if (last_->functions[i].card == card) functions.push_back(last_->functions.shared(i));
  }
  if (std::any_of(functions.begin(), functions.end(), [&](const auto& function) { return MustBeRead(*function); })) return false;
  for (const auto& function : functions) Put(function, findings);
  return !functions.empty();
}

bool Unchanged::WasNone(const std::string& name) const { return last_ != nullptr && !names_.contains(name); }

const Function* Unchanged::Last(const std::string& path) const {
  const auto found = std::lower_bound(by_path_.begin(), by_path_.end(), path, Before{});
  return found == by_path_.end() || (*found)->path != path ? nullptr : found->get();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/discovery/build_inventory.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>

#include "agent/discovery/card_links.h"
#include "agent/discovery/memory_domains.h"
#include "agent/discovery/peer_links.h"
#include "core/model/reasons.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxResourceName = 63;

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

// Whether Kubernetes takes it behind "nacelle.dev/" (a qualified name's rule).
bool MakesResourceName(std::string_view interface) {
  if (interface.empty() || interface.size() > kMaxResourceName) return false;
  if (!IsAlphanumeric(interface.front()) || !IsAlphanumeric(interface.back())) return false;
  return std::all_of(interface.begin(), interface.end(),
                     [](char c) { return IsAlphanumeric(c) || c == '_' || c == '-' || c == '.'; });
}

void MakeUnhealthy(Health& health, std::string reason) {
  if (health.healthy) health = {false, std::move(reason)};
}

std::optional<SeenInstances> InstancesOf(const Function& function, const std::string& queue) {
  for (const auto& known : function.queues) {
    if (known.id == queue && known.instances) return SeenInstances{*known.instances, known.instances_at_least};
  }
  return std::nullopt;
}

class Builder {
 public:
  Builder(const Inventory& previous, const InstanceMemory* at_start) : previous_(previous), at_start_(at_start) {}

  Inventory Build(const Facts& facts) {
    out_.node = facts.node;
    out_.problems = facts.memory.problems;
    out_.problems.insert(out_.problems.end(), facts.problems.begin(), facts.problems.end());
    out_.numa = BuildNumaNodes(facts.memory.topology, facts.memory.facts);
    out_.domains = BuildDomains(facts.memory.topology, facts.memory.facts, facts.kinds);
    AddCardDomains(facts.cards);
    for (auto& family : facts.families) AddFamily(family);
    for (std::size_t i = 0; i < facts.unclaimed.size(); ++i) found_.push_back({facts.unclaimed.shared(i), nullptr});
    TakeFunctions();
    CheckNames();
    CheckNuma();
    CheckNodes();
    CountContents();
    KeepUnchanged();
    PlaceCards();
    AddAffinities(facts.memory.facts);
    AddLinks(facts);
    SortProblems();
    // All of it stays until the next change.
    out_.affinities.shrink_to_fit();
    out_.links.shrink_to_fit();
    return std::move(out_);
  }

 private:
  // What is there so far, to be read; what changes one says out_.functions.
  const SharedList<Function>& all() const { return out_.functions; }

  void Complain(const std::string& object, std::string message) {
    out_.problems.push_back({object, std::move(message)});
  }

  void AddFamily(const FamilyFacts& facts) {
    if (!facts.findings) return KeepFamily(facts.family, facts.findings.error());
    const auto& found = *facts.findings;
    for (std::size_t i = 0; i < found.functions.size(); ++i) found_.push_back({found.functions.shared(i), &found.available});
    out_.problems.insert(out_.problems.end(), found.problems.begin(), found.problems.end());
  }

  void KeepFamily(const std::string& family, const Error& error) {
    const auto before = found_.size();
    for (std::size_t i = 0; i < previous_.functions.size(); ++i) {
      if (previous_.functions[i].family == family) found_.push_back({previous_.functions.shared(i), nullptr});
    }
    Complain(family, (found_.size() > before ? "shown as last seen: " : "") + error.message());
  }

  std::optional<SeenInstances> SeenBefore(const Function* before, const std::string& queue) const {
    if (before != nullptr) return InstancesOf(*before, queue);
    if (at_start_ == nullptr) return std::nullopt;
    const auto remembered = at_start_->queues.find(queue);
    return remembered != at_start_->queues.end() ? std::optional(remembered->second) : std::nullopt;
  }

  // What a driver tells is free now, so the largest figure counts. Of a queue
  // that comes while the agent looks, nobody has had anything.
  std::optional<SeenInstances> SeenOf(const Queue& queue, const std::map<std::string, int>& available, const Function* before) const {
    const auto now = available.find(queue.id);
    if (queue.instances && now == available.end()) return SeenInstances{*queue.instances, false};  // it is always the same
    auto seen = SeenBefore(before, queue.id);
    if (now == available.end()) return seen;
    if (!seen) seen = SeenInstances{0, at_start_ != nullptr && !at_start_->machine_is_fresh};
    seen->most = std::max(seen->most, now->second);
    return seen;
  }

  // Of the function that was taken last. Where nobody has an instance it stays the one
  // that was found.
  void SetInstances(const std::map<std::string, int>& available, const Function* before) {
    for (std::size_t i = 0; i < all().back().queues.size(); ++i) {
      const auto& found = all().back().queues[i];
      const auto seen = SeenOf(found, available, before);
      if (!seen || (found.instances == seen->most && found.instances_at_least == seen->at_least)) continue;
      auto& queue = out_.functions.back().queues[i];
      queue.instances = seen->most;
      queue.instances_at_least = seen->at_least;
    }
  }

  // Ids are unique; a probe that gives one twice is wrong, and the second goes.
  void TakeFunctions() {
    std::stable_sort(found_.begin(), found_.end(), [](auto& a, auto& b) { return a.function->id < b.function->id; });
    out_.functions.reserve(found_.size());
    before_.reserve(found_.size());
    std::size_t before = 0;  // by id, as what was found is
    for (const auto& [function, available] : found_) {
      if (!all().empty() && all().back().id == function->id) {
        Complain(function->id, "two functions of this id: " + all().back().path + ", " + function->path);
        continue;
      }
      while (before < previous_.functions.size() && previous_.functions[before].id < function->id) ++before;
      const bool is_known = before < previous_.functions.size() && previous_.functions[before].id == function->id;
      before_.push_back(is_known ? previous_.functions.shared(before) : nullptr);
      out_.functions.push_back(function);
      if (available != nullptr) SetInstances(*available, before_.back().get());
    }
  }

  // What came out as it was before is the same one: it is kept once.
  void KeepUnchanged() {
    for (std::size_t i = 0; i < before_.size(); ++i) {
      const auto& now = all().shared(i);
      if (before_[i] != nullptr && before_[i] != now && *before_[i] == *now) out_.functions.replace(i, before_[i]);
    }
  }

  void CheckNames() {
    for (std::size_t i = 0; i < all().size(); ++i) {
      const auto& interface = all()[i].interface;
      if (MakesResourceName(interface)) continue;
      MakeUnhealthy(out_.functions[i].health, "its interface makes no resource name: '" + interface + "'");
    }
  }

  void CheckNuma() {
    if (out_.numa.empty()) return;  // nothing to check it against
    for (std::size_t i = 0; i < all().size(); ++i) {
      const auto& function = all()[i];
      const bool known = std::any_of(out_.numa.begin(), out_.numa.end(),
                                     [&](const NumaNode& node) { return node.id == function.numa; });
      if (known || !function.numa) continue;
      Complain(function.id, "its NUMA node " + std::to_string(*function.numa) + " is not online");
      out_.functions[i].numa.reset();
    }
  }

  // A device node is one queue. Where two claim it, neither can be trusted.
  void CheckNodes() {
    struct Claim {
      std::pair<unsigned, unsigned> number;
      std::size_t function;
      std::size_t queue;
    };
    std::vector<Claim> claims;
    for (std::size_t f = 0; f < all().size(); ++f) {
      const auto& queues = all()[f].queues;
      for (std::size_t q = 0; q < queues.size(); ++q) {
        for (const auto& node : queues[q].nodes) {
          if (!node.common) claims.push_back({{node.major, node.minor}, f, q});
        }
      }
    }
    std::stable_sort(claims.begin(), claims.end(), [](auto& a, auto& b) { return a.number < b.number; });
    for (std::size_t i = 0; i < claims.size();) {
      auto end = i + 1;
      while (end < claims.size() && claims[end].number == claims[i].number) ++end;
      for (auto n = i; n < end && end - i > 1; ++n) {
        const auto& other = claims[n == i ? i + 1 : i];
        const auto other_id = all()[other.function].queues[other.queue].id;
        MakeUnhealthy(out_.functions[claims[n].function].queues[claims[n].queue].health, reasons::kAlsoClaimed + other_id);
      }
      i = end;
    }
  }

  // Contents become known when a region has been programmed, so the same id
  // after a while in which there was none is a new generation.
  void CountContents() {
    for (std::size_t i = 0; i < all().size(); ++i) {
      const auto& function = all()[i];
      const auto& before = before_[i];
      if (!function.contents) continue;
      const auto known = before != nullptr && before->contents ? *before->contents : Contents{};
      const bool is_new = !function.contents->id.empty() && function.contents->id != known.id;
      out_.functions[i].contents->generation = known.generation + (is_new ? 1 : 0);
    }
  }

  void AddCardDomains(const std::vector<CardFacts>& cards) {
    auto domains = BuildCardDomains(cards);
    std::move(domains.begin(), domains.end(), std::back_inserter(out_.domains));
    std::sort(out_.domains.begin(), out_.domains.end(), [](auto& a, auto& b) { return a.id < b.id; });
  }

  void PlaceCards() {
    for (const auto& domain : out_.domains) {
      if (!domain.card.empty()) numa_of_card_[domain.card];
    }
    for (const auto& function : all()) {
      const auto card = numa_of_card_.find(function.card);
      if (card != numa_of_card_.end() && !card->second) card->second = function.numa;
    }
  }

  // Of a card that is far away, its memory is one step behind its node.
  int DistanceToCard(const Function& function, const std::string& card) const {
    if (function.card == card) return 0;
    const auto& numa = numa_of_card_.at(card);
    return std::min(kUnknownDistance, NumaDistance(out_, function.numa, numa) + 10);
  }

  void AddLinks(const Facts& facts) {
    auto peers = BuildPeerLinks(all(), facts.acs);
    out_.links = std::move(peers.links);
    for (auto& [place, message] : peers.problems) Complain(place, std::move(message));
    auto on_card = BuildCardLinks(all(), facts.cards);
    if (on_card.empty()) return;
    std::move(on_card.begin(), on_card.end(), std::back_inserter(out_.links));
    std::sort(out_.links.begin(), out_.links.end(), [](const Link& a, const Link& b) {
      return std::tie(a.from, a.to, a.strength) < std::tie(b.from, b.to, b.strength);
    });
  }

  void AddAffinities(const std::vector<MemoryFacts>& facts) {
    std::map<std::string, const Function*> places;
    for (const auto& function : all()) places.try_emplace(PlaceOf(out_, function), &function);
    for (const auto& [place, function] : places) AddPlace(place, *function, facts);
  }

  void AddPlace(const std::string& place, const Function& function, const std::vector<MemoryFacts>& facts) {
    std::vector<Affinity> affinities;
    for (const auto& domain : out_.domains) affinities.push_back(AffinityOf(place, function, domain, facts));
    std::sort(affinities.begin(), affinities.end(),
              [](auto& a, auto& b) { return std::tie(a.distance, a.domain) < std::tie(b.distance, b.domain); });
    std::move(affinities.begin(), affinities.end(), std::back_inserter(out_.affinities));
  }

  Affinity AffinityOf(const std::string& place, const Function& function, const MemoryDomain& domain,
                      const std::vector<MemoryFacts>& facts) const {
    if (!domain.card.empty()) return {place, domain.id, DistanceToCard(function, domain.card), {}, {}};
    Affinity affinity{place, domain.id, NumaDistance(out_, function.numa, domain.numa), {}, {}};
    for (const auto& node : facts) {
      if (node.node != domain.numa || !function.numa) continue;
      const bool is_initiator = std::count(node.initiators.begin(), node.initiators.end(), *function.numa) > 0;
      if (!is_initiator) continue;
      affinity.latency_ns = node.read_latency_ns;
      affinity.bandwidth_mbps = node.read_bandwidth_mbps;
    }
    return affinity;
  }

  void SortProblems() {
    auto& problems = out_.problems;
    for (auto& [object, message] : problems) {
      if (message.starts_with(object + ": ")) message.erase(0, object.size() + 2);
    }
    std::sort(problems.begin(), problems.end(),
              [](auto& a, auto& b) { return std::tie(a.object, a.message) < std::tie(b.object, b.message); });
    problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
  }

  // A function as a probe found it; without figures: as it was before.
  struct Found {
    SharedList<Function>::Value function;
    const std::map<std::string, int>* available = nullptr;
  };

  const Inventory& previous_;
  const InstanceMemory* at_start_;
  Inventory out_;
  std::vector<Found> found_;
  std::vector<SharedList<Function>::Value> before_;  // of out_.functions; nullptr: it is new
  std::map<std::string, std::optional<int>> numa_of_card_;  // of cards with memory
};

}  // namespace

Inventory BuildInventory(const Facts& facts, const Inventory& previous, const InstanceMemory* at_start) {
  return Builder(previous, at_start).Build(facts);
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/node_state.h"

#include <optional>
#include <set>
#include <utility>

#include "core/base/files.h"
#include "core/config/policy_file.h"
#include "plugin/dra/claim_journal.h"
#include "plugin/grant/tuple_record.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFile = 16 * 1024 * 1024;

// Absent when the file is.
Result<std::optional<std::string>> ReadPresent(const fs::path& file) {
  auto text = ReadFile(file, kMaxFile);
  if (text) return std::optional(*std::move(text));
  if (text.error().code() == Code::kNotFound) return std::optional<std::string>();
  return std::move(text).error();
}

Result<std::vector<PreparedClaim>> ReadClaims(const fs::path& folder, const std::string& boot_id) {
  std::vector<PreparedClaim> claims;
  const auto names = ListFolder(folder);
  if (!names && names.error().code() == Code::kNotFound) return claims;
  if (!names) return names.error();
  for (const auto& name : *names) {
    if (!name.ends_with(".json")) continue;
    const auto text = ReadPresent(folder / name);
    if (!text) return text.error();
    if (!*text) continue;  // the claim has just ended
    auto claim = ReadRecord(**text, fs::path(name).stem().native());
    // One that makes no sense is told of by the agent, and counts as none there.
    if (claim && claim->boot_id == boot_id) claims.push_back(*std::move(claim));
  }
  return claims;
}

}  // namespace

Result<NodeState> ReadNodeState(const fs::path& state_dir, const std::string& boot_id) {
  NodeState state;
  const auto policy_file = state_dir / "policy.yaml";
  const auto policy = ReadPresent(policy_file);
  if (!policy) return policy.error();
  if (*policy) {
    auto read = ParsePolicy(**policy, policy_file.native());
    if (!read) return std::move(read).error();
    state.policy = *std::move(read);
  }
  const auto tuples = ReadPresent(state_dir / "tuples.json");
  if (!tuples) return tuples.error();
  if (*tuples) {
    auto read = ReadTupleRecord(**tuples);
    if (!read) return std::move(read).error().In((state_dir / "tuples.json").native());
    state.tuples = *std::move(read);
  }
  const auto claims = ReadClaims(state_dir / "claims", boot_id);
  if (!claims) return claims.error();
  for (const auto& claim : *claims) {
    for (auto& share : HeldShares(claim)) state.claims.push_back(std::move(share));
  }
  return state;
}

OfferPlan PlanOf(const MachineView& machine, const NodeState& state) {
  return BuildOffers({machine.inventory, state.policy, state.claims, machine.numa_of_cpu, state.tuples});
}

std::map<std::string, std::string> OffersOfFunctions(const Inventory& inventory, const OfferPlan& plan) {
  std::map<std::string, std::set<std::string>> names;
  const auto add = [&](const std::string& queue, const std::string& resource) {
    if (const auto ref = FindQueue(inventory, queue)) names[ref.function->id].insert(resource);
  };
  for (const auto& offer : plan.offers) {
    for (const auto& queue : offer.queues) add(queue.queue, offer.resource);
    for (const auto& tuple : offer.tuples) {
      for (const auto& queue : tuple.queues) add(queue, offer.resource);
    }
  }
  std::map<std::string, std::string> joined;
  for (const auto& [function, resources] : names) {
    for (const auto& resource : resources) joined[function] += (joined[function].empty() ? "" : ",") + resource;
  }
  return joined;
}

}  // namespace nacelle

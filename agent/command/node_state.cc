// SPDX-License-Identifier: Apache-2.0
#include "agent/command/node_state.h"

#include <optional>
#include <set>
#include <utility>

#include "core/base/files.h"
#include "core/config/policy_file.h"
#include "plugin/dra/claim_journal.h"
#include "plugin/grant/grant_store.h"
#include "plugin/grant/tuple_record.h"

namespace nacelle {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFile = 16 * 1024 * 1024;

// Reads what is remembered, piece by piece: what fails is a problem of that file.
class StateReader {
 public:
  StateReader(const fs::path& state_dir, const std::string& boot_id) : state_dir_(state_dir), boot_id_(boot_id) {}

  NodeState Read() {
    ReadPolicy();
    ReadTuples();
    ReadClaims();
    ReadGrants();
    return std::move(state_);
  }

 private:
  void Complain(const fs::path& path, const Error& error) { state_.problems.push_back({path.native(), error.message()}); }

  // Absent when the file is, and when it cannot be read.
  std::optional<std::string> ReadPresent(const fs::path& file) {
    auto text = ReadFile(file, kMaxFile);
    if (text) return *std::move(text);
    if (text.error().code() != Code::kNotFound) Complain(file, text.error());
    return std::nullopt;
  }

  void ReadPolicy() {
    const auto file = state_dir_ / "policy.yaml";
    const auto text = ReadPresent(file);
    if (!text) return;
    auto policy = ParsePolicy(*text, file.native());
    if (policy) state_.policy = *std::move(policy);
    else Complain(file, policy.error());
  }

  void ReadTuples() {
    const auto file = state_dir_ / "tuples.json";
    const auto text = ReadPresent(file);
    if (!text) return;
    auto tuples = ReadTupleRecord(*text);
    if (tuples) state_.tuples = *std::move(tuples);
    else Complain(file, tuples.error());
  }

  void ReadClaims() {
    const auto folder = state_dir_ / "claims";
    const auto names = ListFolder(folder);
    if (!names && names.error().code() != Code::kNotFound) Complain(folder, names.error());
    if (!names) return;
    for (const auto& name : *names) {
      if (name.ends_with(".json")) ReadClaim(folder / name);
    }
  }

  // The agent knows what the claim of a spoiled record has by what it gave to containers.
  // That may be elsewhere (--run-dir), so here nothing is known of it.
  void ReadClaim(const fs::path& file) {
    const auto text = ReadPresent(file);
    if (!text) return;  // the claim has just ended
    const auto claim = ReadRecord(*text, file.stem().native());
    if (!claim) return Complain(file, claim.error());
    if (claim->boot_id != boot_id_) return;
    for (auto& share : HeldShares(*claim)) state_.claims.push_back(std::move(share));
  }

  void ReadGrants() {
    GrantStore store(state_dir_);
    if (auto status = store.Load(); !status) Complain(state_dir_ / "grants", status.error());
    state_.grants = store.All();
    for (auto& problem : store.Unreadable()) state_.problems.push_back(std::move(problem));
  }

  const fs::path& state_dir_;
  const std::string& boot_id_;
  NodeState state_;
};

}  // namespace

NodeState ReadNodeState(const fs::path& state_dir, const std::string& boot_id) {
  return StateReader(state_dir, boot_id).Read();
}

OfferPlan PlanOf(const MachineView& machine, const NodeState& state, const std::vector<HeldShare>& held) {
  return BuildOffers({machine.inventory, state.policy, held, machine.numa_of_cpu, state.tuples});
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

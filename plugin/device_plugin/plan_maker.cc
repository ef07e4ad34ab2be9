// SPDX-License-Identifier: Apache-2.0
#include "plugin/device_plugin/plan_maker.h"

#include <algorithm>
#include <utility>

#include "agent/discovery/cpu_nodes.h"
#include "core/base/files.h"
#include "core/base/log.h"
#include "plugin/device_plugin/held_shares.h"
#include "plugin/grant/tuple_record.h"

namespace nacelle {
namespace {

constexpr std::size_t kMaxFile = 16 * 1024 * 1024;
// The list must not wait for a disk that hangs.
constexpr std::chrono::milliseconds kDiskLimit{500};
// Of making the plan anew because something was allocated meanwhile; the rest
// waits for the next look.
constexpr int kMostRounds = 4;

bool AsksForACpu(const Policy& policy) {
  return std::any_of(policy.offers.begin(), policy.offers.end(), [](const PolicyOffer& offer) {
    const auto& relation = offer.find.relation;
    return relation.kind == Relation::Kind::kNear && relation.place.kind == Place::Kind::kCpu;
  });
}

// Where the kernel does not tell, such a place is as far as can be.
std::map<int, int> NumaOfCpus(const Policy& policy, const HostRoot& host) {
  if (!AsksForACpu(policy)) return {};
  auto nodes = ReadCpuNodes(host);
  return nodes ? *std::move(nodes) : std::map<int, int>();
}

// No file is no tuples.
Result<std::vector<SavedTuple>> ReadTuples(const std::filesystem::path& file) {
  const auto text = ReadFile(file, kMaxFile);
  if (!text && text.error().code() == Code::kNotFound) return std::vector<SavedTuple>();
  if (!text) return text.error();
  auto tuples = ReadTupleRecord(*text);
  if (!tuples) return std::move(tuples).error().In(file.native());
  return tuples;
}

bool IsHeld(const std::vector<HeldShare>& held, const std::string& resource, const std::string& tuple) {
  return std::any_of(held.begin(), held.end(), [&](const HeldShare& share) {
    return share.resource == resource && ShareNumber(tuple, share.device);
  });
}

}  // namespace

PlanMaker::PlanMaker(const Parts& parts) : parts_(parts), file_(parts.grants.state_dir() / "tuples.json") {}

void PlanMaker::Dissolve(const std::string& resource, const std::string& id) {
  std::erase_if(published_, [&](const SavedTuple& tuple) { return tuple.resource == resource && tuple.id == id; });
}

void PlanMaker::Load() {
  const auto read = std::make_shared<std::optional<Result<std::vector<SavedTuple>>>>();
  const auto done = parts_.disk.Do(kDiskLimit, [read, file = file_] {
    *read = ReadTuples(file);
    return Status();
  });
  if (!done) return failures_.Note(done);
  const auto& tuples = **read;
  if (!tuples && tuples.error().code() != Code::kInvalid) return failures_.Note(tuples.error());
  loaded_ = true;
  if (tuples) {
    saved_ = published_ = *tuples;
  } else {
    Log(kError, "how bundles were divided is lost; those that are held are known from their grants",
        {{"reason", tuples.error().message()}});
  }
}

PlanMaker::Basis PlanMaker::Look(const std::shared_ptr<const Policy>& policy) const {
  // What is in flight goes on record before it lands, so it is looked at first.
  const auto in_flight = parts_.accountant.InFlight();
  const auto grants = parts_.grants.All();
  const auto holders = parts_.holders.Latest();
  Basis basis{parts_.feed.Latest().inventory, policy, {}, published_, NumaOfCpus(*policy, parts_.host)};
  const auto forgotten = FindForgottenTuples(published_, grants);
  basis.published.insert(basis.published.end(), forgotten.begin(), forgotten.end());
  const auto holdings = holders ? WhoMayHold(*holders) : std::vector<Holding>();
  basis.held = CollectHeldShares(*basis.inventory, basis.published, grants, holders ? &holdings : nullptr,
                                 in_flight, parts_.accountant.boot_id());
  auto elsewhere = parts_.offers.held_elsewhere();
  basis.held.insert(basis.held.end(), std::move_iterator(elsewhere.begin()), std::move_iterator(elsewhere.end()));
  return basis;
}

// An Allocate that has looked at the plan before is found when the holders are
// looked at once more after the plan is changed; later ones see the new plan.
bool PlanMaker::Step(const std::shared_ptr<const Policy>& policy) {
  if (!loaded_) Load();
  for (int round = 0; round < kMostRounds; ++round) {
    const auto basis = Look(policy);
    if (made_from_ == basis) return round > 0;
    Make(basis);
  }
  return true;
}

void PlanMaker::Make(const Basis& basis) {
  auto plan = BuildOffers({*basis.inventory, *basis.policy, basis.held, basis.numa_of_cpu, basis.published, loaded_});
  const auto saved = loaded_ ? Save(plan.tuples) : Status(Error(Code::kUnavailable, "not read yet"));
  if (!saved) LeaveOutUnsaved(basis.held, plan);
  published_ = plan.tuples;
  parts_.offers.Publish(std::move(plan));
  made_from_.reset();
  if (!saved) return;
  made_from_ = basis;
  // The next look finds just this as published.
  made_from_->published = published_;
}

Status PlanMaker::Save(const std::vector<SavedTuple>& tuples) {
  if (tuples == saved_) return {};
  auto status = parts_.disk.Do(kDiskLimit, [file = file_, text = WriteTupleRecord(tuples)] {
    if (auto made = MakeFolders(file.parent_path()); !made) return made;
    return WriteFileDurably(file, text);
  });
  failures_.Note(status);
  if (status) saved_ = tuples;
  return status;
}

bool PlanMaker::IsSaved(const std::string& resource, const std::string& id) const {
  return std::any_of(saved_.begin(), saved_.end(),
                     [&](const SavedTuple& tuple) { return tuple.resource == resource && tuple.id == id; });
}

// Their queues are offered nowhere meanwhile. What is held is on record as a grant.
void PlanMaker::LeaveOutUnsaved(const std::vector<HeldShare>& held, OfferPlan& plan) const {
  for (auto& offer : plan.offers) {
    std::erase_if(offer.tuples, [&](const OfferedTuple& tuple) {
      return !IsSaved(offer.resource, tuple.id) && !IsHeld(held, offer.resource, tuple.id);
    });
  }
  std::erase_if(plan.tuples, [&](const SavedTuple& tuple) {
    const auto* offer = FindOffer(plan, tuple.resource);
    return offer == nullptr || std::none_of(offer->tuples.begin(), offer->tuples.end(),
                                            [&](const OfferedTuple& offered) { return offered.id == tuple.id; });
  });
  std::erase_if(plan.offers, [](const Offer& offer) { return offer.queues.empty() && offer.tuples.empty(); });
}

}  // namespace nacelle

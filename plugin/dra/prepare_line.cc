// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/prepare_line.h"

#include <algorithm>
#include <utility>

namespace nacelle {
namespace {

bool HasClaimOf(const PrepareJob& job, const PrepareJob& other) {
  return std::ranges::any_of(job.claims, [&](const AllocatedClaim& claim) {
    return std::ranges::any_of(other.claims, [&](const AllocatedClaim& its) { return its.ref.uid == claim.ref.uid; });
  });
}

}  // namespace

std::shared_ptr<PrepareLine::Batch> PrepareLine::Join(PrepareJob job) {
  const std::lock_guard lock(mutex_);
  const bool fits = newest_ && std::ranges::none_of(newest_->jobs, [&](const auto& other) { return HasClaimOf(other, job); });
  if (!fits) newest_ = std::make_shared<Batch>();
  newest_->jobs.push_back(std::move(job));
  return newest_;
}

void PrepareLine::Close() {
  const std::lock_guard lock(mutex_);
  newest_.reset();
}

PrepareLine::Jobs PrepareLine::Take(const std::shared_ptr<Batch>& batch) {
  const std::lock_guard lock(mutex_);
  if (newest_ == batch) newest_.reset();
  return std::exchange(batch->jobs, {});
}

}  // namespace nacelle

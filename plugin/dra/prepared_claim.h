// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "plugin/dra/claim.h"
#include "plugin/grant/grant.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// A device of a claim that was made ready.
struct PreparedDevice {
  AllocatedDevice allocated;
  Grant grant;       // of this device alone
  std::string view;  // name of the folder that its containers see
  std::string cdi;   // name of the CDI device that brings it there

  bool operator==(const PreparedDevice&) const = default;
};

// A claim that was made ready, in the boot `boot_id`.
struct PreparedClaim {
  ClaimRef ref;
  std::string boot_id;
  bool mask_sysfs = true;  // folders of /sys list only what is granted
  std::vector<PreparedDevice> devices;
  // For whom it was reserved then, and whenever it was asked for again; none in records of older versions.
  std::vector<PodRef> pods = {};

  bool operator==(const PreparedClaim&) const = default;
};

// Whether it was prepared for just these devices.
bool IsFor(const PreparedClaim& prepared, const AllocatedClaim& claim);

// What the claim holds, without what it only looks at (adminAccess).
std::vector<HeldShare> HeldShares(const PreparedClaim& claim);

// Whether two claims cannot have both what they were allocated: the same device,
// of which neither has a share of its own nor only looks at it.
bool ExcludeEachOther(const AllocatedDevice& a, const AllocatedDevice& b);

// That `device` is held by `holder`.
Error HeldBy(const AllocatedDevice& device, const std::string& holder);

// That the claim was prepared for the devices `has`, and is allocated others now. A
// pod may have them: nothing else says that it has ended than that the kubelet
// unprepares the claim.
Error PreparedOtherwise(const std::vector<std::string>& has, const AllocatedClaim& claim);

// The text of a claim's file in the checkpoint.
std::string WritePreparedClaim(const PreparedClaim& claim);

// kConflict for what a newer version wrote; kInvalid for anything else that
// WritePreparedClaim did not write whole.
Result<PreparedClaim> ReadPreparedClaim(std::string_view text);

}  // namespace nacelle

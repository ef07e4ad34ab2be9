// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "core/model/offer.h"
#include "core/select/query.h"

namespace nacelle {

// Queues that go under a name of the policy's.
struct PolicyOffer {
  std::string name;  // "compression", of nacelle.dev/compression
  Query find;        // asks for more than one queue: a bundle
  int shares_per_queue = 1;
  Route through = Route::kDevicePlugin;
  int line = 0;  // in the file, counted from 1

  bool operator==(const PolicyOffer&) const = default;
};

// What becomes of functions that no offer selects.
enum class Rest {
  kDefault,  // offered by their interfaces' names
  kHide,     // not offered
};

// How a function must at least reach memory to be offered. Shared virtual
// addresses are translated by the IOMMU too, so kSva suffices for kIommu.
enum class AccessRequirement { kAny, kIommu, kSva };
std::string_view Name(AccessRequirement requirement);

// Whether `access` is at least what is required. Unknown access falls short.
bool Meets(MemoryAccess access, AccessRequirement requirement);

// What carries a grant into its container.
enum class GrantCarrier { kDevices, kCdi, kAnnotation };
std::string_view Name(GrantCarrier carrier);

struct GrantSettings {
  GrantCarrier via = GrantCarrier::kDevices;
  // Whether folders of /sys list only what the container was granted.
  bool mask_sysfs = true;

  bool operator==(const GrantSettings&) const = default;
};

// When the machine is read.
struct RescanSettings {
  std::chrono::milliseconds debounce{5};  // after a uevent
  std::chrono::milliseconds fpga{1'000};  // what FPGAs are programmed with
  std::chrono::milliseconds all{30'000};  // without any uevent

  bool operator==(const RescanSettings&) const = default;
};

// An AcceleratorPolicy: how the functions of a node are offered. A default one
// offers each function by its interface's name.
struct Policy {
  std::string name;
  std::vector<PolicyOffer> offers;  // a queue belongs to the first that selects it
  Rest rest = Rest::kDefault;
  AccessRequirement memory_access = AccessRequirement::kAny;
  GrantSettings grant;
  RescanSettings rescan;

  bool operator==(const Policy&) const = default;
};

// Whether a device of the offer is a set of queues.
bool IsBundle(const PolicyOffer& offer);

// "nacelle.dev/<name>".
std::string ResourceName(const PolicyOffer& offer);

}  // namespace nacelle

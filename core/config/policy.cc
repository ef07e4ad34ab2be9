// SPDX-License-Identifier: Apache-2.0
#include "core/config/policy.h"

#include "core/model/resource_name.h"

namespace nacelle {

std::string_view Name(AccessRequirement requirement) {
  switch (requirement) {
    case AccessRequirement::kAny: return "any";
    case AccessRequirement::kIommu: return "iommu";
    case AccessRequirement::kSva: return "sva";
  }
  return "any";
}

bool Meets(MemoryAccess access, AccessRequirement requirement) {
  switch (requirement) {
    case AccessRequirement::kAny: return true;
    case AccessRequirement::kIommu: return access == MemoryAccess::kIommu || access == MemoryAccess::kSva;
    case AccessRequirement::kSva: return access == MemoryAccess::kSva;
  }
  return false;
}

std::string_view Name(GrantCarrier carrier) {
  switch (carrier) {
    case GrantCarrier::kDevices: return "devices";
    case GrantCarrier::kCdi: return "cdi";
    case GrantCarrier::kAnnotation: return "annotation";
  }
  return "devices";
}

bool IsBundle(const PolicyOffer& offer) { return QueueCount(offer.find) > 1; }

std::string ResourceName(const PolicyOffer& offer) { return std::string(kResourceDomain) + '/' + offer.name; }

}  // namespace nacelle

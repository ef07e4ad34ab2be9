// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/crd/node_accelerators.h"
#include "core/crd/node_inventory.h"

// What is read as one of the custom resources is read again as it was written.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace nacelle;
  const auto value = json::Parse({reinterpret_cast<const char*>(data), size});
  if (!value) return 0;
  if (const auto node = crd::ReadNodeAccelerators(*value)) {
    (void)crd::InventoryOf(*node);
    const auto again = crd::ReadNodeAccelerators(json::Object{{"spec", crd::WriteNodeSpec(node->spec)}, {"status", crd::WriteNodeStatus(node->status)}});
    if (!again || !(again->spec == node->spec) || !(again->status == node->status)) abort();
  }
  if (const auto policy = crd::ReadAcceleratorPolicy(*value)) {
    const auto again = crd::ReadAcceleratorPolicy(json::Object{{"spec", crd::WritePolicySpec(policy->spec)}});
    if (!again || !(again->spec == policy->spec)) abort();
  }
  return 0;
}

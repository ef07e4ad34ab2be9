// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "core/json/value.h"
#include "plugin/dra/claim_journal.h"
#include "plugin/dra/lost_claim.h"
#include "plugin/dra/pod_uses.h"
#include "plugin/dra/prepared_claim.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto claim = nacelle::ReadPreparedClaim(text)) {
    const auto again = nacelle::ReadPreparedClaim(nacelle::WritePreparedClaim(*claim));
    if (!again || !(*again == *claim)) abort();
  }
  if (const auto claim = nacelle::ReadRecord(text, "u1"); claim && claim->ref.uid != "u1") abort();
  if (const auto held = nacelle::ReadHeld(text); held && held->empty()) abort();
  // What comes from the API server, of any shape.
  if (const auto value = nacelle::json::Parse(text)) {
    (void)nacelle::ReadPodUses(*value);
    (void)nacelle::ReadClaim(*value, {"ns", "c", "u1"}, "n1");
  }
  return 0;
}

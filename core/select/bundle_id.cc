// SPDX-License-Identifier: Apache-2.0
#include "core/select/bundle_id.h"

namespace nacelle {

std::string BundleId(std::string_view offer, const Tuple& members, const HexSha256& sha256) {
  constexpr std::size_t kDigits = 20;
  std::string text(offer);
  for (const auto& member : members) text += '\n' + member;
  return "b-" + sha256(text).substr(0, kDigits);
}

}  // namespace nacelle

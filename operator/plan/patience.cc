// SPDX-License-Identifier: Apache-2.0
#include "operator/plan/patience.h"

#include "core/crd/time_text.h"

namespace nacelle {

bool HasLasted(const std::string& since, const std::string& now, std::chrono::seconds least) {
  const auto begin = crd::ParseTime(since);
  const auto end = crd::ParseTime(now);
  return begin && end && std::chrono::seconds(*end - *begin) >= least;
}

}  // namespace nacelle

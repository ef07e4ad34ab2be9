// SPDX-License-Identifier: Apache-2.0
#include "core/base/failure_log.h"

#include "core/base/log.h"

namespace nacelle {

void FailureLog::Note(const Status& status) {
  if (status == last_) return;
  last_ = status;
  if (!status) Log(kWarning, message_, {{"reason", status.error().message()}});
}

}  // namespace nacelle

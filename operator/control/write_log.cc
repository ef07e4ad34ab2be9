// SPDX-License-Identifier: Apache-2.0
#include "operator/control/write_log.h"

#include "core/base/log.h"

namespace nacelle {
namespace {

constexpr const char* kWrites = "nacelle_operator_writes_total";
constexpr const char* kFailures = "nacelle_operator_write_failures_total";

}  // namespace

WriteLog::WriteLog(Metrics& metrics) : metrics_(metrics) {}

bool WriteLog::Note(const std::string& kind, const std::string& name, const Status& status) {
  metrics_.Add(status ? kWrites : kFailures, {{"kind", kind}});
  const auto what = kind + "/" + name;
  if (status) return reported_.erase(what), true;
  auto& reported = reported_[what];
  if (reported != status.error().message()) Log(kWarning, "cannot be written", {{"object", what}, {"reason", status.error().message()}});
  reported = status.error().message();
  return status.error().code() != Code::kUnavailable;
}

}  // namespace nacelle

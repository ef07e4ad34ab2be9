// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/dra_metrics.h"

namespace nacelle {
namespace {

std::string ResultName(const Status& status) {
  return status ? "ok" : std::string(CodeName(status.error().code()));
}

}  // namespace

DraMetrics::DraMetrics(Metrics& metrics) : metrics_(metrics) {}

void DraMetrics::CountClaim(const std::string& call, const Status& status) {
  metrics_.Add("nacelle_dra_" + call + "_total", {{"result", ResultName(status)}});
}

void DraMetrics::CountCall(const std::string& call, std::chrono::nanoseconds took) {
  metrics_.Add("nacelle_dra_" + call + "_duration_seconds_total", {}, std::chrono::duration<double>(took).count());
}

void DraMetrics::CountRegistration(const Status& status) {
  metrics_.Add("nacelle_dra_registrations_total", {{"result", ResultName(status)}});
}

void DraMetrics::CountSliceWrite(const Status& status) {
  metrics_.Add("nacelle_dra_slice_writes_total", {{"result", ResultName(status)}});
}

void DraMetrics::CountStatusWrite(const Status& status) {
  metrics_.Add("nacelle_dra_status_writes_total", {{"result", ResultName(status)}});
}

void DraMetrics::ShowClaims(std::size_t prepared) { metrics_.Set("nacelle_dra_claims", {}, static_cast<double>(prepared)); }

void DraMetrics::ShowSlices(std::size_t slices, std::size_t devices) {
  metrics_.Set("nacelle_dra_slices", {}, static_cast<double>(slices));
  metrics_.Set("nacelle_dra_devices", {}, static_cast<double>(devices));
}

}  // namespace nacelle

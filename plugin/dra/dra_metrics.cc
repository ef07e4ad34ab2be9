// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/dra_metrics.h"

namespace nacelle {
namespace {

std::string ResultName(const Status& status) {
  return status ? "ok" : std::string(CodeName(status.error().code()));
}

}  // namespace

DraMetrics::DraMetrics(Metrics& metrics) : metrics_(metrics) {
  metrics_.DeclareCounter("nacelle_dra_prepare_total", "Claims that the kubelet wanted prepared, by result.");
  metrics_.DeclareCounter("nacelle_dra_prepare_duration_seconds_total", "Time spent in NodePrepareResources.");
  metrics_.DeclareCounter("nacelle_dra_unprepare_total", "Claims that the kubelet wanted unprepared, by result.");
  metrics_.DeclareCounter("nacelle_dra_unprepare_duration_seconds_total", "Time spent in NodeUnprepareResources.");
  metrics_.DeclareCounter("nacelle_dra_registrations_total", "Registrations with the kubelet's plugin watcher, by result.");
  metrics_.DeclareCounter("nacelle_dra_slice_writes_total", "Writes of resource slices to the API server, by result.");
  metrics_.DeclareCounter("nacelle_dra_status_writes_total", "Writes of claims' device status to the API server, by result.");
  metrics_.DeclareGauge("nacelle_dra_claims", "Claims that are prepared.");
  metrics_.DeclareGauge("nacelle_dra_slices", "Resource slices that are published.");
  metrics_.DeclareGauge("nacelle_dra_devices", "Devices in the resource slices.");
}

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

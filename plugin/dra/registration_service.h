// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "api/proto/pluginregistration_v1.grpc.pb.h"
#include "plugin/dra/dra_metrics.h"

namespace nacelle {

// What the kubelet's plugin watcher calls on our socket in plugins_registry: a
// DRA driver, served on the same socket.
class RegistrationService final : public pluginregistration::Registration::CallbackService {
 public:
  explicit RegistrationService(DraMetrics& metrics) : metrics_(metrics) {}

  grpc::ServerUnaryReactor* GetInfo(grpc::CallbackServerContext* context, const pluginregistration::InfoRequest*,
                                    pluginregistration::PluginInfo* info) override;
  grpc::ServerUnaryReactor* NotifyRegistrationStatus(grpc::CallbackServerContext* context,
                                                     const pluginregistration::RegistrationStatus* told,
                                                     pluginregistration::RegistrationStatusResponse*) override;

 private:
  DraMetrics& metrics_;
};

}  // namespace nacelle

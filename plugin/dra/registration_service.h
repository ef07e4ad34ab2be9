// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

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

  // Whether the kubelet has registered the driver, as it last said. Any thread.
  bool registered() const { return registered_; }
  // The socket is gone, and with it what the kubelet knew.
  void Forget() { registered_ = false; }

 private:
  DraMetrics& metrics_;
  std::atomic<bool> registered_{false};
};

}  // namespace nacelle

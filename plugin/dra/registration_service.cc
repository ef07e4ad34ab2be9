// SPDX-License-Identifier: Apache-2.0
#include "plugin/dra/registration_service.h"

#include <string>

#include "core/base/log.h"
#include "plugin/dra/claim.h"

namespace nacelle {

namespace {

grpc::ServerUnaryReactor* Done(grpc::CallbackServerContext& context) {
  auto* reactor = context.DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace

grpc::ServerUnaryReactor* RegistrationService::GetInfo(grpc::CallbackServerContext* context,
                                                       const pluginregistration::InfoRequest*,
                                                       pluginregistration::PluginInfo* info) {
  info->set_type("DRAPlugin");
  info->set_name(std::string(kDraDriver));
  // No endpoint: the services are on this very socket. The versions are names
  // of services, but not those of their packages.
  info->add_supported_versions("v1.DRAPlugin");
  info->add_supported_versions("v1.DRAResourceHealth");
  return Done(*context);
}

grpc::ServerUnaryReactor* RegistrationService::NotifyRegistrationStatus(grpc::CallbackServerContext* context,
                                                                        const pluginregistration::RegistrationStatus* told,
                                                                        pluginregistration::RegistrationStatusResponse*) {
  const Status status = told->plugin_registered() ? Status() : Status(Error(Code::kUnavailable, told->error()));
  metrics_.CountRegistration(status);
  registered_ = status.ok();
  if (status) Log(kInfo, "driver registered", {{"driver", std::string(kDraDriver)}});
  else Log(kWarning, "registration failed", {{"driver", std::string(kDraDriver)}, {"reason", status.error().message()}});
  return Done(*context);
}

}  // namespace nacelle

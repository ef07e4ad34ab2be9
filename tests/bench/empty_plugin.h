// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "api/proto/deviceplugin_v1beta1.grpc.pb.h"

namespace nacelle {

// A device plugin whose handlers do nothing, served as ours are: what our own
// Allocate is compared with.
class EmptyPlugin {
 public:
  explicit EmptyPlugin(const std::filesystem::path& socket);
  ~EmptyPlugin();

 private:
  struct Service;
  std::unique_ptr<Service> service_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace nacelle

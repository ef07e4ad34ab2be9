// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include <grpcpp/grpcpp.h>

#include "api/proto/pluginregistration_v1.grpc.pb.h"
#include "tests/support/contract_kubelet.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kLookAgain{5};

void SetLimit(grpc::ClientContext& context, std::chrono::seconds limit) {
  context.set_deadline(std::chrono::system_clock::now() + limit);
}

std::vector<fs::path> SocketsIn(const fs::path& folder) {
  std::vector<fs::path> sockets;
  std::error_code gone;
  for (const auto& entry : fs::directory_iterator(folder, gone)) {
    if (entry.is_socket(gone)) sockets.push_back(entry.path());
  }
  return sockets;
}

}  // namespace

// The kubelet's own watcher uses inotify; here a look now and then is enough.
void ContractKubelet::WatchPlugins(const std::stop_token& stop) {
  std::set<fs::path> asked;
  while (!stop.stop_requested()) {
    std::set<fs::path> present;
    for (const auto& socket : SocketsIn(folder_ / "plugins_registry")) {
      if (asked.contains(socket) || AskWatched(socket)) present.insert(socket);
    }
    asked = std::move(present);
    std::this_thread::sleep_for(kLookAgain);
  }
}

bool ContractKubelet::AskWatched(const fs::path& socket) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const auto stub = pluginregistration::Registration::NewStub(grpc::CreateCustomChannel(
      "unix:" + socket.native(), grpc::InsecureChannelCredentials(), arguments));
  pluginregistration::PluginInfo info;
  grpc::ClientContext ask;
  SetLimit(ask, std::chrono::seconds(1));
  if (!stub->GetInfo(&ask, {}, &info).ok()) return false;
  if (info.type() != "DevicePlugin") return true;

  pluginregistration::RegistrationStatus told;
  if (faults().refuse_register) {
    told.set_error("the contract kubelet refuses");
  } else {
    const auto at = info.endpoint().empty() ? socket : fs::path(info.endpoint());
    const auto status = Connect(at, info.name());
    told.set_plugin_registered(status.ok());
    if (!status) told.set_error(status.error().message());
  }
  pluginregistration::RegistrationStatusResponse response;
  grpc::ClientContext notify;
  SetLimit(notify, std::chrono::seconds(5));
  stub->NotifyRegistrationStatus(&notify, told, &response);
  return true;
}

}  // namespace nacelle

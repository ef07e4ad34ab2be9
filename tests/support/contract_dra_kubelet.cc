// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_dra_kubelet.h"

#include <algorithm>
#include <functional>
#include <thread>
#include <utility>

#include "core/base/files.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;

// As the kubelet limits them.
constexpr milliseconds kInfoLimit{1'000};

std::shared_ptr<grpc::Channel> Dial(const std::filesystem::path& socket) {
  grpc::ChannelArguments arguments;
  arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, "localhost");
  // Each its own connection, as each kubelet has.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("unix:" + socket.native(), grpc::InsecureChannelCredentials(), arguments);
}

Status FromGrpc(const grpc::Status& status) {
  if (status.ok()) return {};
  return Error(Code::kUnavailable, status.error_message());
}

void Limit(grpc::ClientContext& context, milliseconds limit) {
  context.set_deadline(std::chrono::system_clock::now() + limit);
}

template <typename Request>
void Fill(Request& request, const std::vector<KubeletClaim>& claims) {
  for (const auto& claim : claims) {
    auto& out = *request.add_claims();
    out.set_namespace_(claim.name_space);
    out.set_name(claim.name);
    out.set_uid(claim.uid);
  }
}

// Each claim that was asked for has an entry, and no other has.
template <typename Answers>
Status CheckEntries(const std::vector<KubeletClaim>& claims, const Answers& answers) {
  std::size_t found = 0;
  for (const auto& claim : claims) {
    if (!answers.contains(claim.uid)) return Error(Code::kInternal, "no entry for claim " + claim.uid);
    ++found;
  }
  if (answers.size() > found) return Error(Code::kInternal, "an entry for a claim that was not asked for");
  return {};
}

}  // namespace

ContractDraKubelet::ContractDraKubelet(std::filesystem::path kubelet_dir)
    : folder_(std::move(kubelet_dir) / "plugins_registry") {
  std::filesystem::create_directories(folder_);
}

Status ContractDraKubelet::Register(const std::string& driver, milliseconds limit) {
  const auto socket = folder_ / (driver + "-reg.sock");
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (true) {
    auto status = Ask(socket, driver);
    if (status || std::chrono::steady_clock::now() >= deadline) return status;
    std::this_thread::yield();
  }
}

Status ContractDraKubelet::Ask(const std::filesystem::path& socket, const std::string& driver) {
  if (!std::filesystem::exists(socket)) return Error(Code::kNotFound, socket.native() + " does not exist");
  const auto channel = Dial(socket);
  const auto registration = pluginregistration::Registration::NewStub(channel);
  pluginregistration::PluginInfo info;
  {
    grpc::ClientContext context;
    Limit(context, kInfoLimit);
    if (auto status = FromGrpc(registration->GetInfo(&context, {}, &info)); !status) return status;
  }
  versions_.assign(info.supported_versions().begin(), info.supported_versions().end());
  const bool known = std::find(versions_.begin(), versions_.end(), "v1.DRAPlugin") != versions_.end();
  pluginregistration::RegistrationStatus verdict;
  verdict.set_plugin_registered(known && info.type() == "DRAPlugin" && info.name() == driver);
  if (!verdict.plugin_registered()) verdict.set_error("not a driver of this name and version");
  grpc::ClientContext context;
  Limit(context, kInfoLimit);
  pluginregistration::RegistrationStatusResponse response;
  if (auto status = FromGrpc(registration->NotifyRegistrationStatus(&context, verdict, &response)); !status) return status;
  if (!verdict.plugin_registered()) return Error(Code::kInvalid, verdict.error());
  const auto endpoint = info.endpoint().empty() ? channel : Dial(info.endpoint());
  plugin_ = dra::DRAPlugin::NewStub(endpoint);
  health_ = v1::DRAResourceHealth::NewStub(endpoint);
  return {};
}

Result<ContractDraKubelet::Prepared> ContractDraKubelet::Prepare(const std::vector<KubeletClaim>& claims, milliseconds limit) {
  dra::NodePrepareResourcesRequest request;
  Fill(request, claims);
  dra::NodePrepareResourcesResponse response;
  grpc::ClientContext context;
  Limit(context, limit);
  if (auto status = FromGrpc(plugin_->NodePrepareResources(&context, request, &response)); !status) return status.error();
  if (auto status = CheckEntries(claims, response.claims()); !status) return status.error();
  Prepared prepared;
  for (const auto& [uid, answer] : response.claims()) {
    if (!answer.error().empty()) prepared.emplace(uid, Error(Code::kUnavailable, answer.error()));
    else prepared.emplace(uid, std::vector<dra::Device>(answer.devices().begin(), answer.devices().end()));
  }
  return prepared;
}

Result<std::map<std::string, Status>> ContractDraKubelet::Unprepare(const std::vector<KubeletClaim>& claims) {
  dra::NodeUnprepareResourcesRequest request;
  Fill(request, claims);
  dra::NodeUnprepareResourcesResponse response;
  grpc::ClientContext context;
  Limit(context, kDraCallLimit);
  if (auto status = FromGrpc(plugin_->NodeUnprepareResources(&context, request, &response)); !status) return status.error();
  if (auto status = CheckEntries(claims, response.claims()); !status) return status.error();
  std::map<std::string, Status> unprepared;
  for (const auto& [uid, answer] : response.claims()) {
    unprepared.emplace(uid, answer.error().empty() ? Status() : Status(Error(Code::kUnavailable, answer.error())));
  }
  return unprepared;
}

Result<ContractDraKubelet::Health> ContractDraKubelet::WatchHealth(const std::function<bool(const Health&)>& until,
                                                                   milliseconds limit) {
  grpc::ClientContext context;
  Limit(context, limit);
  const auto stream = health_->NodeWatchResources(&context, {});
  v1::NodeWatchResourcesResponse message;
  while (stream->Read(&message)) {
    Health health;
    for (const auto& device : message.devices()) health[device.device().device_name()] = {device.health(), device.message()};
    if (!until(health)) continue;
    context.TryCancel();
    (void)stream->Finish();
    return health;
  }
  return FromGrpc(stream->Finish()).error();
}

}  // namespace nacelle

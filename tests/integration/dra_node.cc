// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/dra_node.h"

#include <gtest/gtest.h>

#include <stdlib.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/base/files.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;

// Short: socket paths have at most 107 bytes.
fs::path MakeFolder() {
  std::string pattern = "/tmp/nacelle-XXXXXX";
  return mkdtemp(pattern.data());
}

std::string ClaimPath(const std::string& name) { return "/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/" + name; }

json::Object MemberOf(const json::Value& object, std::string_view name) {
  const auto* member = FindMember(object, {name});
  return member == nullptr || member->AsObject() == nullptr ? json::Object() : *member->AsObject();
}

}  // namespace

DraOptions DraNode::FastOptions(const fs::path& folder) {
  DraOptions options;
  options.kubelet_dir = folder;
  options.state_dir = folder / "state";
  options.run_dir = folder / "run";
  options.cdi_dir = folder / "cdi";
  options.node = "n1";
  options.disk_limit = milliseconds(5'000);
  options.retry = milliseconds(10);
  options.audit_gap = milliseconds(10);
  options.unused = milliseconds(20);
  options.status_retry_first = milliseconds(5);
  options.status_retry_most = milliseconds(20);
  options.repeat_health = milliseconds(100);
  options.slices.look_again = milliseconds(20);
  options.slices.look_soon = milliseconds(5);
  options.slices.settle = milliseconds(500);
  options.slices.retry_first = milliseconds(5);
  options.slices.retry_most = milliseconds(20);
  options.slices.watch.retry_first = milliseconds(5);
  options.slices.watch.retry_most = milliseconds(20);
  options.slices.watch.watch_gap = milliseconds(5);
  return options;
}

DraNode::DraNode() : folder(MakeFolder()), host({{"/dev", "/"}}), kubelet(folder), options(FastOptions(folder)) {
  inventory.node = "n1";
  inventory.numa = {{0, true, {10}}};
  api.Put("/api/v1/nodes/n1", json::Object{{"metadata", json::Object{{"name", "n1"}, {"uid", "node-uid"}}}});
  fs::create_directory(folder / "pod-resources");
  grpc::ServerBuilder builder;
  builder.AddListeningPort("unix:" + (folder / "pod-resources/kubelet.sock").native(), grpc::InsecureServerCredentials());
  builder.RegisterService(&pod_resources);
  pods_server_ = builder.BuildAndStart();
}

DraNode::~DraNode() {
  StopPlugin();
  fs::permissions(folder, fs::perms::owner_all);
  fs::remove_all(folder);
}

std::string DraNode::Add(const std::string& name, int index, int shares) {
  const auto device = name + "-" + std::to_string(index);
  const auto path = "/devices/platform/" + name + "." + std::to_string(index) + "/uacce/" + device;
  const auto minor = static_cast<unsigned>(inventory.functions.size());
  Function function;
  function.id = MakeId("uacce", device);
  function.family = "uacce";
  function.interface = name;
  function.operations = {"zlib"};
  function.access = MemoryAccess::kSva;
  function.path = "/sys/devices/platform/" + name + "." + std::to_string(index);
  function.numa = 0;
  Queue queue;
  queue.id = function.id;
  queue.nodes = {{"/dev/" + device, 240, minor}};
  queue.links = {{"/sys/class/uacce", device, "../.." + path}};
  function.queues = {queue};
  host.Set("/dev/" + device, "c 240:" + std::to_string(minor));
  host.Set("/sys/class/uacce/" + device, "-> ../.." + path);
  const auto id = function.id;
  inventory.functions.push_back(std::move(function));
  std::sort(inventory.functions.begin(), inventory.functions.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  const auto resource = "nacelle.dev/" + name;
  auto offer = std::find_if(plan.offers.begin(), plan.offers.end(), [&](const Offer& o) { return o.resource == resource; });
  if (offer == plan.offers.end()) offer = plan.offers.insert(offer, Offer{resource, {}, Route::kDra});
  offer->queues.push_back({id, shares});
  std::sort(offer->queues.begin(), offer->queues.end(), [](const auto& a, const auto& b) { return a.queue < b.queue; });
  return id;
}

void DraNode::SetHealth(const std::string& id, const Health& health) {
  for (auto& function : inventory.functions) {
    if (function.id == id) function.health = health;
  }
}

void DraNode::Publish() {
  offers.Publish(plan);
  feed.Publish(inventory);
}

std::string DraNode::StartWithQueue() {
  auto id = Add("sw_zip", 0);
  Publish();
  StartPlugin();
  return id;
}

void DraNode::StartPlugin() {
  StartPluginUnregistered();
  if (!kubelet.Register("nacelle.dev")) abort();
}

void DraNode::StartPluginUnregistered() {
  metrics = std::make_unique<Metrics>();
  client = std::make_unique<ClusterClient>(ClusterAccess{api.url(), {}, {}});
  auto created = DraPlugin::Create(*client, feed, offers, host.root(), options, *metrics);
  if (!created) abort();
  plugin = *std::move(created);
  runner_ = std::jthread([this](const std::stop_token& stop) { (void)plugin->Run(stop); });
}

void DraNode::StopPlugin() {
  runner_ = {};
  plugin.reset();
  client.reset();
}

KubeletClaim DraNode::AddClaim(const std::string& name, const std::vector<std::string>& devices, const std::string& pod,
                               bool admin) {
  const json::Object owner{{"kind", "Pod"}, {"name", pod}, {"uid", "uid-of-" + pod}, {"controller", true}};
  return PutClaim({{"name", name}, {"namespace", "ns"}, {"uid", "uid-" + name}, {"ownerReferences", json::Array{owner}}}, devices, {pod}, admin);
}

KubeletClaim DraNode::AddSharedClaim(const std::string& name, const std::vector<std::string>& devices, const std::vector<std::string>& users) {
  return PutClaim({{"name", name}, {"namespace", "ns"}, {"uid", "uid-" + name}}, devices, users, false);
}

KubeletClaim DraNode::PutClaim(const json::Object& metadata, const std::vector<std::string>& devices, const std::vector<std::string>& users,
                               bool admin) {
  json::Array results, consumers;
  for (std::size_t i = 0; i < devices.size(); ++i) {
    json::Object result{{"request", "r" + std::to_string(i)}, {"driver", "nacelle.dev"}, {"pool", "n1"}, {"device", devices[i]}};
    if (admin) result.Set("adminAccess", true);
    results.push_back(std::move(result));
  }
  for (const auto& pod : users) consumers.push_back(json::Object{{"resource", "pods"}, {"name", pod}, {"uid", "uid-of-" + pod}});
  const json::Object allocation{{"devices", json::Object{{"results", std::move(results)}}}};
  const auto name = TextAt(metadata, {"name"});
  api.Put(ClaimPath(name), json::Object{{"metadata", metadata},
                                        {"status", json::Object{{"allocation", allocation}, {"reservedFor", std::move(consumers)}}}});
  return {"ns", name, TextAt(metadata, {"uid"})};
}

void DraNode::AddPod(const std::string& pod, const std::vector<std::vector<std::string>>& containers) {
  json::Array described, names;
  std::set<std::string> claims;
  for (std::size_t i = 0; i < containers.size(); ++i) {
    json::Array uses;
    for (const auto& use : containers[i]) {
      const auto slash = use.find('/');
      const auto claim = use.substr(0, slash);
      claims.insert(claim);
      json::Object out{{"name", "ref-" + claim}};
      if (slash != std::string::npos) out.Set("request", use.substr(slash + 1));
      uses.push_back(out);
    }
    described.push_back(json::Object{{"name", "c" + std::to_string(i)}, {"resources", json::Object{{"claims", std::move(uses)}}}});
  }
  for (const auto& claim : claims) names.push_back(json::Object{{"name", "ref-" + claim}, {"resourceClaimName", claim}});
  api.Put("/api/v1/namespaces/ns/pods/" + pod,
          json::Object{{"metadata", json::Object{{"name", pod}, {"uid", "uid-of-" + pod}}},
                       {"spec", json::Object{{"containers", std::move(described)}, {"resourceClaims", std::move(names)}}}});
}

json::Value DraNode::Claim(const std::string& name) const { return api.Object(ClaimPath(name)); }

std::map<std::string, json::Value> DraNode::Slices() const {
  return api.ObjectsBelow("/apis/resource.k8s.io/v1/resourceslices/");
}

json::Value DraNode::Spec(const KubeletClaim& claim) const {
  const auto text = ReadFile(options.cdi_dir / ("nacelle.dev-claim-" + claim.uid + ".json"), 1 << 20);
  auto value = text ? json::Parse(*text) : Result<json::Value>(text.error());
  return value ? *std::move(value) : json::Value();
}

fs::path DraNode::MountedAt(const KubeletClaim& claim, const dra::Device& device, const std::string& path) const {
  const auto spec = Spec(claim);
  const auto* devices = FindMember(spec, {"devices"});
  if (devices == nullptr || device.cdi_device_ids_size() == 0) return {};
  for (const auto& known : *devices->AsArray()) {
    if ("nacelle.dev/claim=" + TextAt(known, {"name"}) != device.cdi_device_ids(0)) continue;
    const auto edits = MemberOf(known, "containerEdits");
    for (const auto& mount : *edits.Find("mounts")->AsArray()) {
      if (TextAt(mount, {"containerPath"}) == path) return TextAt(mount, {"hostPath"});
    }
  }
  return {};
}

std::vector<std::string> DraNode::Links(const KubeletClaim& claim, const dra::Device& device) const {
  auto names = ListFolder(MountedAt(claim, device, "/sys/class/uacce"));
  return names ? *std::move(names) : std::vector<std::string>();
}

std::vector<KubeletClaim> DraNode::AddClaims(std::size_t count) {
  std::vector<KubeletClaim> claims;
  for (std::size_t i = 0; i < count; ++i) {
    const auto id = Add("sw_zip", static_cast<int>(i));
    claims.push_back(AddSharedClaim("c" + std::to_string(i), {id}, {"p"}));
  }
  return claims;
}

std::vector<dra::Device> Prepare(DraNode& node, const std::vector<KubeletClaim>& claims, const KubeletClaim& claim) {
  const auto prepared = node.kubelet.Prepare(claims);
  if (!prepared) {
    ADD_FAILURE() << prepared.error().message();
    return {};
  }
  const auto& one = prepared->at(claim.uid);
  if (!one) {
    ADD_FAILURE() << one.error().message();
    return {};
  }
  return *one;
}

Error Refusal(DraNode& node, const KubeletClaim& claim) {
  const auto prepared = node.kubelet.Prepare({claim});
  if (!prepared) return Error(Code::kInternal, "the call failed: " + prepared.error().message());
  const auto& one = prepared->at(claim.uid);
  return one ? Error(Code::kInternal, "it was prepared") : one.error();
}

std::string Record(const DraNode& node, const KubeletClaim& claim) {
  return (node.options.state_dir / "claims" / (claim.uid + ".json")).native();
}

std::string Journal(const DraNode& node) { return (node.options.state_dir / "claims.journal").native(); }

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agent/discovery/feed.h"
#include "core/kube/cluster_client.h"
#include "core/metrics/metrics.h"
#include "plugin/dra/dra_plugin.h"
#include "plugin/offer/offer_book.h"
#include "tests/support/contract_api_server.h"
#include "tests/support/contract_dra_kubelet.h"
#include "tests/support/contract_kubelet_pods.h"
#include "tests/support/fake_host.h"

namespace nacelle {

// A node in a temporary folder whose functions go by dynamic resource
// allocation: a machine of files, the plugin as the agent runs it, a contract
// API server and the kubelet's side.
class DraNode {
 public:
  DraNode();
  ~DraNode();

  static DraOptions FastOptions(const std::filesystem::path& folder);

  // A function of one queue, "uacce-<name>-<index>", in inventory and host, in
  // the offer "nacelle.dev/<name>". Not yet published.
  std::string Add(const std::string& name, int index, int shares = 1);
  void SetHealth(const std::string& id, const Health& health);
  // Inventory and plan.
  void Publish();

  // Starts it and registers it with the kubelet.
  void StartPlugin();
  // The same with one function, whose id comes back.
  std::string StartWithQueue();
  // Starts it only.
  void StartPluginUnregistered();
  void StopPlugin();

  // A claim that is allocated these devices, one request each ("r0", "r1", …),
  // made for the pod `pod`; in the API server.
  KubeletClaim AddClaim(const std::string& name, const std::vector<std::string>& devices, const std::string& pod = "p",
                        bool admin = false);
  // The same of one that has a name of its own, and is reserved for the pods `users`.
  KubeletClaim AddSharedClaim(const std::string& name, const std::vector<std::string>& devices, const std::vector<std::string>& users);
  // So many functions, each with a claim that has a name of its own ("c0", "c1", …).
  std::vector<KubeletClaim> AddClaims(std::size_t count);
  // A pod whose containers use these claims, each "claim" or "claim/request".
  void AddPod(const std::string& pod, const std::vector<std::vector<std::string>>& containers);
  json::Value Claim(const std::string& name) const;
  std::map<std::string, json::Value> Slices() const;

  // The spec that the runtime would read of a claim; null when there is none.
  json::Value Spec(const KubeletClaim& claim) const;
  // What a container gets by one CDI device: the folder mounted at `path`.
  std::filesystem::path MountedAt(const KubeletClaim& claim, const dra::Device& device, const std::string& path) const;
  std::vector<std::string> Links(const KubeletClaim& claim, const dra::Device& device) const;

  std::filesystem::path folder;
  FakeHost host;
  Inventory inventory;
  InventoryFeed feed;
  OfferBook offers;
  OfferPlan plan;
  ContractApiServer api;
  ContractDraKubelet kubelet;
  DraOptions options;
  std::unique_ptr<Metrics> metrics;
  std::unique_ptr<ClusterClient> client;
  std::unique_ptr<DraPlugin> plugin;
  // What the kubelet says of its pods.
  PodTable pods;
  PodResourcesService pod_resources{pods};

 private:
  KubeletClaim PutClaim(const json::Object& metadata, const std::vector<std::string>& devices, const std::vector<std::string>& users,
                        bool admin);

  std::unique_ptr<grpc::Server> pods_server_;
  std::jthread runner_;
};

// The devices of a claim that has to be preparable, in a call with others.
std::vector<dra::Device> Prepare(DraNode& node, const std::vector<KubeletClaim>& claims, const KubeletClaim& claim);

// Why a claim is refused that has to be.
Error Refusal(DraNode& node, const KubeletClaim& claim);

// The name of its record.
std::string Record(const DraNode& node, const KubeletClaim& claim);

// The file that takes new records.
std::string Journal(const DraNode& node);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "agent/command/node_object.h"

#include <gtest/gtest.h>

#include "core/base/run_group.h"
#include "core/kube/cluster_client.h"
#include "tests/integration/test_node.h"
#include "tests/support/contract_api_server.h"

namespace nacelle {
namespace {

constexpr const char* kPath = "/apis/nacelle.dev/v1alpha1/nodeaccelerators/n1";

// The object as a run before has left it: a policy in force, ready. The policy that it
// now is to follow asks for more shares than the queue has.
void LeaveObject(ContractApiServer& server, ApiClient& api) {
  crd::NodeAccelerators node;
  node.spec.policy = crd::PolicyRef{"p", 2, "u-p"};
  node.spec.rules.offers = {{"zipping", "zlib", 1000}};
  const json::Object owner{{"apiVersion", "v1"}, {"kind", "Node"}, {"name", "n1"}, {"uid", "node-uid"}};
  server.Put(kPath, json::Object{{"metadata", json::Object{{"name", "n1"}, {"generation", 2}, {"ownerReferences", json::Array{owner}}}},
                                 {"spec", crd::WriteNodeSpec(node.spec)},
                                 {"status", json::Object()}});
  node.status.policy = crd::PolicyRef{"p", 1, "u-p"};
  node.status.offers = {{.resource = "nacelle.dev/zipping", .devices = 1, .healthy = 1, .free = 1}};
  node.status.conditions = {{"Ready", "True", 1, "Registered", "", "2026-01-01T00:00:00Z"}};
  ASSERT_TRUE(Apply(api, std::string(kPath) + "/status", json::Object{{"status", crd::WriteNodeStatus(node.status)}}, {}));
}

TEST(NodeObject, APolicyThatIsRefusedWithoutOneBeforeIsSaidInTheObject) {
  auto device_plugins = TestNode::FastOptions();
  device_plugins.policy.reset();
  TestNode node(device_plugins);
  node.Add("sw_zip", 0, 0, 0);
  node.inventory.functions[0].operations = {"zlib"};
  node.inventory.functions[0].queues[0].instances = 4;
  node.Publish();
  node.kubelet.Start();
  node.StartAgent();
  ContractApiServer server;
  ClusterClient api({server.url(), {}, {}});
  LeaveObject(server, api);
  Metrics metrics;
  PolicyKeeper keeper({{}, node.state() / "policy.yaml", node.feed, node.host.root(), metrics,
                       [&](const Policy& policy) { node.agent->SetPolicy(policy); }, std::chrono::seconds(1), std::chrono::seconds(1), true});
  RunOptions options;
  options.node = "n1";
  options.kubelet_dir = node.folder;
  NodeObject object(options, api, node.feed, *node.agent, keeper, [] { return Health(); });
  RunGroup threads;
  threads.Start("policy", [&](const std::stop_token& stop) { return keeper.Run(stop); });
  threads.Start("object", [&](const std::stop_token& stop) { return object.Run(stop); });
  const auto status = [&] { return crd::ReadNodeAccelerators(server.Object(kPath))->status; };
  const auto is_false = [&](const char* type) {
    const auto conditions = status().conditions;
    const auto* condition = crd::FindCondition(conditions, type);
    return condition != nullptr && condition->status == "False";
  };
  EXPECT_TRUE(server.Wait([&] { return is_false("PolicyAccepted"); }));
  EXPECT_TRUE(is_false("Ready"));
  EXPECT_TRUE(status().offers.empty());
  EXPECT_FALSE(status().policy);
  EXPECT_EQ(status().summary.functions, 1);
  threads.Stop();
  EXPECT_TRUE(threads.Wait());
}

}  // namespace
}  // namespace nacelle

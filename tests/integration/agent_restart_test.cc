// SPDX-License-Identifier: Apache-2.0
// The agent from sysfs to the kubelet, started anew while queues are in use.
#include <gtest/gtest.h>
#include <stdlib.h>

#include <optional>
#include <thread>

#include "agent/command/instance_record.h"
#include "agent/command/policy_keeper.h"
#include "agent/discovery/scanner.h"
#include "agent/probe/builtin_probes.h"
#include "core/base/files.h"
#include "tests/integration/test_node.h"

namespace nacelle {
namespace {

constexpr const char* kCompression = "nacelle.dev/compression";
const std::string kDevice = "/sys/devices/platform/sw_zip.0/uacce/sw_zip-0";

// The parts of one run of the agent, as RunAgent joins them; without threads but
// that of the plugins.
class Agent {
 public:
  Agent(const FakeHost& machine, const DevicePluginOptions& options, const std::filesystem::path& policy,
        const std::string& boot_id)
      : topology_(machine.folder()),
        probes_(BuiltinProbes(hardware_)),
        reader_(machine.root(), topology_, probes_, hardware_, "n1"),
        keeper_(options.state_dir / "instances.json", boot_id),
        scanner_(reader_, std::nullopt, feed_, metrics_, {},
                 {LoadInstances(options.state_dir / "instances.json", boot_id),
                  [this](const Inventory& seen) { keeper_.Keep(seen); }}) {
    scanner_.Scan();
    auto plugins = DevicePlugins::Create(feed_, machine.root(), options, metrics_, clock_);
    if (!plugins) abort();
    plugins_ = *std::move(plugins);
    policy_.emplace(PolicyKeeper::Parts{policy, options.state_dir / "policy.yaml", feed_, machine.root(), metrics_,
                                        [this](const Policy& adopted) { plugins_->SetPolicy(adopted); }});
    policy_->Look();
    runner_ = std::jthread([this](const std::stop_token& stop) { (void)plugins_->Run(stop); });
  }

  bool HasPolicy() const { return metrics_.Render().find("nacelle_policy_current 1") != std::string::npos; }

 private:
  const HardwareTable hardware_;
  const SteadyClock clock_;
  TopologyLoader topology_;
  std::vector<std::unique_ptr<const Probe>> probes_;
  FactReader reader_;
  InventoryFeed feed_;
  Metrics metrics_;
  InstanceKeeper keeper_;
  Scanner scanner_;
  std::unique_ptr<DevicePlugins> plugins_;
  std::optional<PolicyKeeper> policy_;
  std::jthread runner_;
};

class AgentRestart : public testing::Test {
 protected:
  AgentRestart() : folder_(MakeFolder()), kubelet_(folder_, TestNode::FastOptions().leave_after) {
    for (const auto& [name, contents] : std::initializer_list<std::pair<const char*, const char*>>{
             {"algorithms", "zlib\n"}, {"api", "sw_v1\n"}, {"dev", "245:0\n"}, {"flags", "1\n"}, {"device", "-> ../../../sw_zip.0"}}) {
      machine_.Set(kDevice + "/" + name, contents);
    }
    machine_.Set("/sys/class/uacce/sw_zip-0", "-> ../.." + kDevice.substr(4));
    machine_.Set("/dev/sw_zip-0", "c 245:0");
    options_ = TestNode::FastOptions();
    options_.kubelet_dir = folder_;
    options_.state_dir = folder_ / "state";
    options_.cdi_dir = folder_ / "cdi";
    options_.policy.reset();
    EXPECT_TRUE(MakeFolders(options_.state_dir));
    EXPECT_TRUE(ReplaceFile(folder_ / "policy.yaml",
                            "apiVersion: nacelle.dev/v1alpha1\nkind: AcceleratorPolicy\nspec:\n"
                            "  offers: [{name: compression, find: zlib, sharesPerQueue: 4}]\n"));
    kubelet_.Start();
  }
  ~AgentRestart() override {
    agent_.reset();
    kubelet_.Stop();
    std::filesystem::remove_all(folder_);
  }

  static std::filesystem::path MakeFolder() {
    std::string pattern = "/tmp/nacelle-XXXXXX";  // short: socket paths have at most 107 bytes
    return mkdtemp(pattern.data());
  }

  void SetFree(int instances) { machine_.Set(kDevice + "/available_instances", std::to_string(instances) + "\n"); }
  void StartAgent(const std::string& boot_id = "boot-1") {
    agent_.reset();
    agent_.emplace(machine_, options_, folder_ / "policy.yaml", boot_id);
  }
  bool ListsFourShares() const {
    const auto id = IdOf("sw_zip", 0);
    return kubelet_.WaitForHealthy(kCompression, {id, id + "-1", id + "-2", id + "-3"});
  }

  const std::filesystem::path folder_;
  FakeHost machine_{{"/sys/class", "/"}};
  DevicePluginOptions options_;
  ContractKubelet kubelet_;
  std::optional<Agent> agent_;
};

TEST_F(AgentRestart, WhileInstancesAreOpenAllSharesAndThePolicyStay) {
  SetFree(4);
  StartAgent();
  ASSERT_TRUE(ListsFourShares());
  for (const int free : {1, 0}) {
    SetFree(free);
    StartAgent();
    EXPECT_TRUE(agent_->HasPolicy()) << free;
    EXPECT_TRUE(ListsFourShares()) << free;
  }
  EXPECT_TRUE(kubelet_.violations().empty());
}

// As after an update from a release that kept none, or when the file was lost.
TEST_F(AgentRestart, WithoutARecordWhatIsFreeIsNotTakenForAllThatThereIs) {
  ASSERT_TRUE(MakeFolders(options_.state_dir / "grants"));
  ASSERT_TRUE(ReplaceFile(options_.state_dir / "grants" / "notes", "something was granted"));
  for (const int free : {1, 0}) {
    SetFree(free);
    StartAgent();
    EXPECT_TRUE(agent_->HasPolicy()) << free;
    EXPECT_TRUE(ListsFourShares()) << free;
  }
}

TEST_F(AgentRestart, TheFirstAgentTakesWhatIsFreeForAllThatThereIs) {
  SetFree(2);
  StartAgent();
  EXPECT_FALSE(agent_->HasPolicy());
}

TEST_F(AgentRestart, AfterAnotherBootTheQueueIsAsLargeAsItIsNow) {
  SetFree(4);
  StartAgent("boot-1");
  ASSERT_TRUE(ListsFourShares());
  SetFree(2);
  StartAgent("boot-2");
  EXPECT_FALSE(agent_->HasPolicy());
}

}  // namespace
}  // namespace nacelle

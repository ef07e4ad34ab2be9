// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "agent/discovery/feed.h"
#include "core/base/clock.h"
#include "core/metrics/metrics.h"
#include "core/model/inventory.h"
#include "plugin/device_plugin/device_plugins.h"
#include "tests/support/contract_kubelet.h"
#include "tests/support/fake_host.h"

namespace nacelle {

inline constexpr const char* kZip = "nacelle.dev/sw-zip";
inline constexpr const char* kHash = "nacelle.dev/sw-hash";

// A node in a temporary folder: a machine whose /dev and /sys are files, the
// device plugin as the agent runs it, and a contract kubelet. Two NUMA nodes
// with CPUs (0, 1), one of HBM without (2).
class TestNode {
 public:
  explicit TestNode(DevicePluginOptions options = FastOptions());
  ~TestNode();

  // Limits short enough for tests, long enough for a loaded machine.
  static DevicePluginOptions FastOptions();

  // A function of one queue, in inventory and host; id "uacce-<name>.<index>",
  // node /dev/<name>-<node index>. Not yet published.
  void Add(const std::string& name, int index, int numa, unsigned minor);
  void Remove(const std::string& name, int index);
  void SetHealth(const std::string& id, const Health& health);
  void Publish() { feed.Publish(inventory); }

  void StartAgent();
  void StopAgent();

  std::filesystem::path state() const { return folder / "state"; }
  std::filesystem::path device_plugins() const { return folder / "device-plugins"; }
  // Names in a folder below the state directory; empty when it is absent.
  std::vector<std::string> StateFiles(const std::string& name) const;

  std::filesystem::path folder;
  FakeHost host;
  Inventory inventory;
  InventoryFeed feed;
  SteadyClock clock;
  DevicePluginOptions options;
  ContractKubelet kubelet;
  std::unique_ptr<Metrics> metrics;  // of the running agent
  std::unique_ptr<DevicePlugins> agent;

 private:
  std::jthread runner_;
};

std::string IdOf(const std::string& name, int index);

}  // namespace nacelle

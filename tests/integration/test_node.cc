// SPDX-License-Identifier: Apache-2.0
#include "tests/integration/test_node.h"

#include <stdlib.h>

#include <algorithm>
#include <utility>

#include "core/base/files.h"

namespace nacelle {
namespace {

using std::chrono::milliseconds;
namespace fs = std::filesystem;

// Short: socket paths have at most 107 bytes.
fs::path MakeFolder() {
  std::string pattern = "/tmp/nacelle-XXXXXX";
  return mkdtemp(pattern.data());
}

DevicePluginOptions In(DevicePluginOptions options, const fs::path& folder) {
  options.kubelet_dir = folder;
  options.state_dir = folder / "state";
  options.cdi_dir = folder / "cdi";
  return options;
}

std::vector<NumaNode> ThreeNodes() {
  return {{0, true, {10, 20, 17}}, {1, true, {20, 10, 12}}, {2, false, {17, 12, 10}}};
}

}  // namespace

std::string IdOf(const std::string& name, int index) { return MakeId("uacce", name + "." + std::to_string(index)); }

TestNode::TestNode(DevicePluginOptions given)
    : folder(MakeFolder()), host({{"/dev", "/"}}), options(In(std::move(given), folder)),
      kubelet(folder, options.leave_after) {
  inventory.node = "n1";
  inventory.numa = ThreeNodes();
}

TestNode::~TestNode() {
  StopAgent();
  kubelet.Stop();
  fs::permissions(folder, fs::perms::owner_all);
  fs::remove_all(folder);
}

DevicePluginOptions TestNode::FastOptions() {
  DevicePluginOptions options;
  options.leave_after = milliseconds(150);
  options.poll_holders = milliseconds(20);
  options.retry_first = milliseconds(5);
  options.retry_most = milliseconds(50);
  options.stream_patience = milliseconds(500);
  options.look_for_cancel = milliseconds(100);
  options.look_without_inotify = milliseconds(20);
  options.call_limit = milliseconds(3000);
  options.pre_start_limit = milliseconds(3000);
  return options;
}

void TestNode::Add(const std::string& name, int index, int numa, unsigned minor) {
  const auto device = name + "-" + std::to_string(index);
  const auto path = "/devices/platform/" + name + "." + std::to_string(index) + "/uacce/" + device;
  Function function;
  function.id = IdOf(name, index);
  function.family = "uacce";
  function.interface = name;
  function.api = "sw_qm_v1";
  function.operations = {"zlib"};
  function.access = MemoryAccess::kSva;
  function.path = "/sys" + path;
  function.numa = numa;
  Queue queue;
  queue.id = function.id;
  queue.nodes = {{"/dev/" + device, 240, minor}};
  queue.links = {{"/sys/class/uacce", device, "../.." + path}};
  queue.instances = 64;
  function.queues = {queue};
  host.Set("/dev/" + device, "c 240:" + std::to_string(minor));
  host.Set("/sys/class/uacce/" + device, "-> ../.." + path);
  inventory.functions.push_back(std::move(function));
  std::sort(inventory.functions.begin(), inventory.functions.end(),
            [](const Function& a, const Function& b) { return a.id < b.id; });
}

void TestNode::Remove(const std::string& name, int index) {
  const auto device = name + "-" + std::to_string(index);
  if (index >= 0) {
    host.Remove("/dev/" + device);
    host.Remove("/sys/class/uacce/" + device);
  }
  erase_if(inventory.functions, [&](const Function& f) { return f.id == IdOf(name, index); });
}

void TestNode::SetHealth(const std::string& id, const Health& health) {
  for (auto& function : inventory.functions) {
    if (function.id == id) function.health = health;
  }
}

void TestNode::StartAgent() {
  metrics = std::make_unique<Metrics>();
  auto created = DevicePlugins::Create(feed, host.root(), options, *metrics, clock);
  if (!created) abort();
  agent = std::move(*created);
  runner_ = std::jthread([this](const std::stop_token& stop) { (void)agent->Run(stop); });
}

void TestNode::StopAgent() {
  runner_ = {};
  agent.reset();
}

std::vector<std::string> TestNode::StateFiles(const std::string& name) const {
  auto files = ListFolder(state() / name);
  return files ? std::move(*files) : std::vector<std::string>();
}

}  // namespace nacelle

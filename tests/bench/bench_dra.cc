// SPDX-License-Identifier: Apache-2.0
// Dynamic resource allocation, against an API server and a kubelet in this
// process: claims by the plugin alone, slices and memory by the whole agent.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "agent/host/machine_tree.h"
#include "core/base/files.h"
#include "tests/bench/figures.h"
#include "tests/bench/mixed_machine.h"
#include "tests/bench/process.h"
#include "tests/bench/send_uevent.h"
#include "tests/integration/dra_node.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr int kBurst = 9;
constexpr int kSustained = 500;
constexpr int kBursts = 10 * kBurst;
constexpr double kPrepareLimit = 3'000;  // us
constexpr int kFunctions = 1024;
constexpr double kMemoryLimit = 24;  // MB

template <typename Work>
double Timed(const Work& work) {
  const auto begin = steady_clock::now();
  work();
  return Microseconds(steady_clock::now() - begin);
}

void Fail(const std::string& what) {
  throw std::runtime_error(what);
}

// What a claim cannot do without: one GET, and one file of the record's size
// made durable.
double Bare(DraNode& node, const std::string& record, const std::string& name) {
  const auto file = node.options.state_dir / "bare" / (name + ".json");
  fs::create_directories(file.parent_path());
  return Timed([&] {
    const auto claim = node.client->Call({"GET", "/apis/resource.k8s.io/v1/namespaces/ns/resourceclaims/c0", {}, {}, {}}, {});
    if (!claim || !WriteFileDurably(file, record)) Fail("the bare calls failed");
  });
}

double Prepare(DraNode& node, const KubeletClaim& claim) {
  return Timed([&] {
    const auto prepared = node.kubelet.Prepare({claim});
    if (!prepared || !prepared->at(claim.uid)) Fail("a claim was not prepared");
  });
}

// A claim for each device, which stays prepared: a file system that was just made
// to forget thousands of files is slow to make new ones (ext4 looks for inodes that
// were not freed lately).
std::vector<KubeletClaim> AddClaims(DraNode& node, std::span<const std::string> devices) {
  std::vector<KubeletClaim> claims;
  for (const auto& device : devices) claims.push_back(node.AddClaim("c-" + device, {device}));
  return claims;
}

Figure Judge(const std::string& name, std::vector<double> prepared, std::vector<double> bare) {
  return {name, "us", Percentile(std::move(prepared), 0.5), std::max(kPrepareLimit, 2 * Percentile(std::move(bare), 0.5))};
}

// Both in turn, so that they meet the same disk and the same neighbours.
Figure InARow(DraNode& node, std::span<const std::string> devices, const std::string& record) {
  std::vector<double> bare, prepared;
  for (const auto& claim : AddClaims(node, devices)) {
    bare.push_back(Bare(node, record, claim.uid));
    prepared.push_back(Prepare(node, claim));
  }
  return Judge("prepare p50, 500 in a row", std::move(prepared), std::move(bare));
}

// How long each takes while all are at it.
std::vector<double> AtOnce(const std::vector<KubeletClaim>& claims, const std::function<double(const KubeletClaim&)>& work) {
  std::vector<double> took(claims.size());
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < claims.size(); ++i) threads.emplace_back([&, i] { took[i] = work(claims[i]); });
  threads.clear();
  return took;
}

Figure Burst(DraNode& node, std::span<const std::string> devices, const std::string& record) {
  std::vector<double> bare, prepared;
  for (; !devices.empty(); devices = devices.subspan(kBurst)) {
    const auto claims = AddClaims(node, devices.first(kBurst));
    const auto b = AtOnce(claims, [&](const auto& claim) { return Bare(node, record, claim.uid); });
    const auto p = AtOnce(claims, [&](const auto& claim) { return Prepare(node, claim); });
    bare.insert(bare.end(), b.begin(), b.end());
    prepared.insert(prepared.end(), p.begin(), p.end());
  }
  return Judge("prepare p50, a burst of 9", std::move(prepared), std::move(bare));
}

void BenchClaims(std::vector<Figure>& figures) {
  DraNode node;
  std::vector<std::string> devices;
  for (int i = 0; i <= kBursts + kSustained; ++i) devices.push_back(node.Add("sw_zip", i));
  // As the agent runs it; /run is in memory.
  const auto memory = fs::path("/dev/shm") / node.folder.filename();
  node.options = DraOptions();
  node.options.kubelet_dir = node.folder;
  node.options.state_dir = node.folder / "state";
  node.options.run_dir = memory / "run";
  node.options.cdi_dir = memory / "cdi";
  node.options.node = "n1";
  node.Publish();
  node.StartPlugin();
  const auto first = node.AddClaim("c0", {devices.back()});
  (void)Prepare(node, first);
  const auto record = ReadFile(node.options.state_dir / "claims" / (first.uid + ".json"), 1 << 20);
  if (!record) Fail(record.error().message());
  const std::span<const std::string> all(devices);
  figures.push_back(Burst(node, all.first(kBursts), *record));
  figures.push_back(InARow(node, all.subspan(kBursts, kSustained), *record));
  fs::remove_all(memory);
}

void WriteText(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text << '\n';
}

// The agent on a machine of 1,024 functions that all go by claims.
class AgentBench {
 public:
  explicit AgentBench(const fs::path& programs) : machine_(node_.folder / "machine") {
    fs::create_directories(machine_);
    fs::create_directories(node_.folder / "plugins_registry");
    if (const auto made = UnpackMachine(UacceMachine(kFunctions), machine_); !made) Fail(made.error().message());
    const auto policy = node_.folder / "policy.yaml";
    WriteText(policy, "apiVersion: nacelle.dev/v1alpha1\nkind: AcceleratorPolicy\nmetadata: {name: default}\nspec:\n"
                      "  offers: [{name: zip, find: zlib, through: dra}]\n");
    words_ = {programs / "nacelle-agent", "run", "--root", machine_, "--kubelet-dir", node_.folder, "--state-dir",
              node_.folder / "state", "--run-dir", node_.folder / "run", "--cdi-dir", node_.folder / "cdi", "--node", "n1", "--listen", "127.0.0.1:19447",
              "--kube-api", node_.api.url(), "--policy", policy};
  }

  void Run(std::vector<Figure>& figures) {
    const auto begin = steady_clock::now();
    auto agent = std::make_unique<Process>(words_, node_.folder / "agent.log");
    AwaitWrites(kSlices);
    figures.push_back({"1,024 functions: start to published", "ms", Microseconds(steady_clock::now() - begin) / 1000, 1000});
    if (!node_.kubelet.Register("nacelle.dev")) Fail("the agent did not register");
    // As the kubelet does; until the agent ends.
    const std::jthread health([this] { (void)node_.kubelet.WatchHealth([](const auto&) { return false; }, std::chrono::minutes(5)); });
    PrepareSome();
    figures.push_back({"PSS with 1,024 functions by claims", "MB", agent->Memory("Pss"), kMemoryLimit});
    MeasureWrites(*agent, figures);
    agent.reset();
  }

 private:
  static constexpr std::size_t kSlices = kFunctions / kMaxSliceDevices;
  static constexpr std::size_t kTaintedSlices = kFunctions / kMaxTaintedSliceDevices;

  std::size_t SliceWrites() const {
    std::size_t count = 0;
    for (const auto& request : node_.api.requests()) {
      count += request.method != "GET" && request.path.find("/resourceslices/") != std::string::npos;
    }
    return count;
  }

  void AwaitWrites(std::size_t count) {
    if (!node_.api.Wait([&] { return SliceWrites() >= count; })) Fail("the slices were not written");
  }

  void PrepareSome() {
    for (int i = 0; i < 50; ++i) {
      const auto device = TextAt(FindMember(node_.Slices().begin()->second, {"spec", "devices"})->AsArray()->at(static_cast<std::size_t>(i)), {"name"});
      (void)Prepare(node_, node_.AddClaim("c" + std::to_string(i), {device}));
    }
  }

  // Isolates one function: the slices become smaller, because of the taint.
  void MeasureWrites(const Process& agent, std::vector<Figure>& figures) {
    constexpr std::chrono::seconds kQuiet(35);  // longer than from one whole scan to the next
    std::this_thread::sleep_for(std::chrono::seconds(5));  // what is said of the claims is written
    const auto used = agent.CpuTime();
    std::this_thread::sleep_for(kQuiet);
    const auto share = std::chrono::duration<double>(agent.CpuTime() - used) / kQuiet;
    figures.push_back({"CPU while nothing changes, 1,024 functions", "%", 100 * share, 1});
    const auto before = SliceWrites();
    figures.push_back({"slice writes, to 35 s after they were there", "", static_cast<double>(before), kSlices});
    const auto device = UaccePath(700) + "/uacce/hisi_zip-700";
    WriteText(machine_.native() + device + "/isolate", "1");
    SendUevent(device.substr(std::string_view("/sys").size()), "uacce");
    AwaitWrites(before + kTaintedSlices);
    std::this_thread::sleep_for(std::chrono::seconds(3));
    const auto slices = node_.Slices();
    const auto* generation = FindMember(slices.begin()->second, {"spec", "pool", "generation"});
    figures.push_back({"pool generations of one change", "", static_cast<double>(*generation->AsInt() - 1), 1});
    figures.push_back({"slice writes of one change", "", static_cast<double>(SliceWrites() - before), kTaintedSlices});
  }

  DraNode node_;
  const fs::path machine_;
  std::vector<std::string> words_;
};

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  using namespace nacelle;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const fs::path json = words.size() == 2 && words[0] == "--json" ? words[1] : "";
  std::vector<Figure> figures;
  try {
    BenchClaims(figures);
    AgentBench(fs::read_symlink("/proc/self/exe").parent_path()).Run(figures);
  } catch (const std::runtime_error& error) {
    std::cerr << "bench_dra: " << error.what() << '\n';
    return 1;
  }
  bool holds = Report(figures, json);
  for (const auto& figure : figures) holds = holds && figure.holds();
  return holds ? 0 : 1;
}

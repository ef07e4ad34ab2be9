// SPDX-License-Identifier: Apache-2.0
// Dynamic resource allocation, against an API server and a kubelet in this
// process: claims and slices by the plugin alone, memory by the whole agent.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "core/base/files.h"
#include "tests/bench/figures.h"
#include "tests/bench/process.h"
#include "tests/integration/dra_node.h"

namespace nacelle {
namespace {

namespace fs = std::filesystem;
using std::chrono::steady_clock;

constexpr int kBurst = 9;
constexpr int kSustained = 500;
constexpr int kRounds = 10;
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
  std::cerr << "bench_dra: " << what << '\n';
  std::exit(1);
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

std::vector<KubeletClaim> AddClaims(DraNode& node, const std::vector<std::string>& devices, int count) {
  std::vector<KubeletClaim> claims;
  for (int i = 0; i < count; ++i) claims.push_back(node.AddClaim("c-" + std::to_string(i), {devices[static_cast<std::size_t>(i)]}));
  return claims;
}

Figure Judge(const std::string& name, std::vector<double> prepared, std::vector<double> bare) {
  return {name, "us", Percentile(std::move(prepared), 0.5), std::max(kPrepareLimit, 2 * Percentile(std::move(bare), 0.5))};
}

// Both in turn, so that they meet the same disk and the same neighbours.
Figure InARow(DraNode& node, const std::vector<std::string>& devices, const std::string& record) {
  std::vector<double> bare, prepared;
  const auto claims = AddClaims(node, devices, kSustained);
  for (const auto& claim : claims) {
    bare.push_back(Bare(node, record, claim.uid));
    prepared.push_back(Prepare(node, claim));
  }
  for (const auto& claim : claims) (void)node.kubelet.Unprepare({claim});
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

Figure Burst(DraNode& node, const std::vector<std::string>& devices, const std::string& record) {
  std::vector<double> bare, prepared;
  const auto claims = AddClaims(node, devices, kBurst);
  for (int round = 0; round < kRounds; ++round) {
    const auto b = AtOnce(claims, [&](const auto& claim) { return Bare(node, record, claim.uid); });
    const auto p = AtOnce(claims, [&](const auto& claim) { return Prepare(node, claim); });
    bare.insert(bare.end(), b.begin(), b.end());
    prepared.insert(prepared.end(), p.begin(), p.end());
    for (const auto& claim : claims) (void)node.kubelet.Unprepare({claim});
  }
  return Judge("prepare p50, a burst of 9", std::move(prepared), std::move(bare));
}

void BenchClaims(std::vector<Figure>& figures) {
  DraNode node;
  std::vector<std::string> devices;
  for (int i = 0; i <= kSustained; ++i) devices.push_back(node.Add("sw_zip", i));
  // As /var/run is: in memory.
  const auto memory = fs::path("/dev/shm") / node.folder.filename();
  node.options.cdi_dir = memory;
  node.Publish();
  node.StartPlugin();
  const auto first = node.AddClaim("c0", {devices.back()});
  (void)Prepare(node, first);
  const auto record = ReadFile(node.options.state_dir / "claims" / (first.uid + ".json"), 1 << 20);
  if (!record) Fail(record.error().message());
  figures.push_back(Burst(node, devices, *record));
  figures.push_back(InARow(node, devices, *record));
  fs::remove_all(memory);
}

void BenchSlices(std::vector<Figure>& figures) {
  DraNode node;
  node.options = DraOptions();
  node.options.kubelet_dir = node.folder;
  node.options.state_dir = node.folder / "state";
  node.options.cdi_dir = node.folder / "cdi";
  node.options.node = "n1";
  for (int i = 0; i < kFunctions; ++i) node.Add("sw_zip", i);
  node.Publish();
  const auto took = Timed([&] {
    node.StartPlugin();
    if (!node.api.Wait([&] { return node.Slices().size() == kFunctions / kMaxSliceDevices; })) Fail("no slices");
  });
  figures.push_back({"1,024 functions published", "ms", took / 1000, 1000});
}

void WriteText(const fs::path& path, const std::string& text) {
  fs::create_directories(path.parent_path());
  std::ofstream(path) << text << '\n';
}

// The agent on a machine without functions, with the API client on.
void BenchMemory(const fs::path& programs, std::vector<Figure>& figures) {
  DraNode node;
  const auto machine = node.folder / "machine";
  for (const auto* list : {"node/online", "node/possible", "cpu/online", "cpu/possible", "cpu/present"}) {
    WriteText(machine / "sys/devices/system" / list, "0");
  }
  const auto policy = node.folder / "policy.yaml";
  WriteText(policy, "apiVersion: nacelle.dev/v1alpha1\nkind: AcceleratorPolicy\nmetadata: {name: default}\nspec:\n"
                    "  offers: [{name: zip, find: zlib, through: dra}]\n");
  const Process agent({programs / "nacelle-agent", "run", "--root", machine, "--kubelet-dir", node.folder, "--state-dir",
                       node.folder / "state", "--cdi-dir", node.folder / "cdi", "--node", "n1", "--listen", "127.0.0.1:19447",
                       "--kube-api", node.api.url(), "--policy", policy},
                      node.folder / "agent.log");
  if (!node.kubelet.Register("nacelle.dev")) Fail("the agent did not register");
  std::vector<KubeletClaim> claims;
  for (int i = 0; i < 50; ++i) claims.push_back(node.AddClaim("c" + std::to_string(i), {}));
  for (const auto& claim : claims) {
    if (!node.kubelet.Prepare({claim})->at(claim.uid)) Fail("a claim was not prepared");
  }
  figures.push_back({"PSS with DRA and the API client", "MB", agent.Memory("Pss"), kMemoryLimit});
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  using namespace nacelle;
  const std::vector<std::string> words(argv + 1, argv + argc);
  const fs::path json = words.size() == 2 && words[0] == "--json" ? words[1] : "";
  std::vector<Figure> figures;
  BenchClaims(figures);
  BenchSlices(figures);
  BenchMemory(fs::read_symlink("/proc/self/exe").parent_path(), figures);
  bool holds = Report(figures, json);
  for (const auto& figure : figures) holds = holds && figure.holds();
  return holds ? 0 : 1;
}

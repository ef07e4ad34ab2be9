// SPDX-License-Identifier: Apache-2.0
// Dynamic resource allocation, against an API server and a kubelet in this
// process: claims and slices by the plugin alone, memory by the whole agent.
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>
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

// Both in turn, so that they meet the same disk and the same neighbours.
Figure Compare(DraNode& node, const std::string& name, const std::string& device, const std::string& record, int times) {
  std::vector<double> bare, prepared;
  for (int i = 0; i < times; ++i) {
    const auto claim = node.AddClaim("c-" + std::to_string(i), {device});
    bare.push_back(Bare(node, record, claim.uid));
    prepared.push_back(Prepare(node, claim));
  }
  for (int i = 0; i < times; ++i) (void)node.kubelet.Unprepare({{"ns", "c-" + std::to_string(i), "uid-c-" + std::to_string(i)}});
  return {name, "us", Percentile(prepared, 0.5), 2 * Percentile(bare, 0.5)};
}

void BenchClaims(std::vector<Figure>& figures) {
  DraNode node;
  const auto device = node.Add("sw_zip", 0);
  // As /var/run is: in memory.
  const auto memory = fs::path("/dev/shm") / node.folder.filename();
  node.options.cdi_dir = memory;
  node.Publish();
  node.StartPlugin();
  const auto first = node.AddClaim("c0", {device});
  (void)Prepare(node, first);
  const auto record = ReadFile(node.options.state_dir / "claims" / (first.uid + ".json"), 1 << 20);
  if (!record) Fail(record.error().message());
  figures.push_back(Compare(node, "prepare p50, a burst of 9", device, *record, kBurst));
  figures.push_back(Compare(node, "prepare p50, 500 in a row", device, *record, kSustained));
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

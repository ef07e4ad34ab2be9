// SPDX-License-Identifier: Apache-2.0
// Measures what kubectl nacelle find does with the list of a large cluster, beyond
// the call that brings it: 5,000 nodes with 16 functions each, half of them held; and with
// the same in bundles of two, and with links.
#include <chrono>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/crd/node_accelerators.h"
#include "core/json/list_splitter.h"
#include "core/json/value.h"
#include "core/select/query_parser.h"
#include "tests/bench/figures.h"
#include "tools/kubectl-nacelle/cluster_find.h"
#include "tools/kubectl-nacelle/node_view.h"

namespace nacelle {
namespace {

constexpr int kNodes = 5000;
constexpr int kFunctions = 16;
constexpr double kLimitSeconds = 2;
// As it comes through a pipe.
constexpr std::size_t kPart = 64 * 1024;

crd::NodeFunction MakeFunction(int number) {
  crd::NodeFunction function;
  function.id = "uacce-0000-41-00-" + std::to_string(number);
  function.family = "uacce";
  function.interface = number % 2 == 0 ? "hisi_zip" : "hisi_sec2";
  function.api = "hisi_qm_v3";
  function.operations = number % 2 == 0 ? std::vector<std::string>{"deflate", "gzip", "zlib"} : std::vector<std::string>{"aes-gcm", "sha256"};
  function.access = "sva";
  function.numa = number % 4;
  function.path = "/sys/devices/pci0000:40/0000:40:01.0/0000:41:00." + std::to_string(number);
  function.driver = "hisi_zip";
  function.queues = {{.id = function.id, .nodes = {"/dev/hisi_zip-" + std::to_string(number)}, .instances = 256}};
  for (int domain = 0; domain < 4; ++domain) function.affinities.push_back({.domain = "dram-" + std::to_string(domain), .distance = domain == *function.numa ? 10 : 20});
  return function;
}

crd::NodeStatus MakeStatus() {
  crd::NodeStatus status;
  crd::NodeOffer offer{.resource = "nacelle.dev/hisi-zip", .devices = kFunctions, .healthy = kFunctions, .held = kFunctions / 2, .free = kFunctions / 2};
  for (int i = 0; i < 4; ++i) {
    status.numa_nodes.push_back({i, true, {10, 20, 20, 20}, i / 2});
    status.domains.push_back({.id = "dram-" + std::to_string(i), .numa = i, .local_nodes = {i}});
  }
  for (int i = 0; i < kFunctions; ++i) {
    status.functions.push_back(MakeFunction(i));
    const auto& id = status.functions.back().id;
    offer.members.push_back({.id = id});
    if (i >= kFunctions / 2) status.holdings.push_back({offer.resource, id, "default", "pod-" + std::to_string(i), "main"});
  }
  status.offers = {offer};
  return status;
}

// Function 2n with 2n + 1, as an offer "zlib + sha256" would have them.
crd::NodeStatus InBundles(crd::NodeStatus status) {
  auto& offer = status.offers.front();
  offer = {.resource = "nacelle.dev/pair", .devices = kFunctions / 2, .healthy = kFunctions / 2, .free = kFunctions / 2};
  for (int i = 0; i + 1 < kFunctions; i += 2) {
    const auto at = static_cast<std::size_t>(i);
    offer.members.push_back({.id = "b-" + std::to_string(i), .queues = {status.functions[at].id, status.functions[at + 1].id}});
  }
  status.holdings.clear();
  return status;
}

// The functions of a half each behind one switch: an object of 24 kB.
crd::NodeStatus WithLinks(crd::NodeStatus status) {
  const auto half = status.functions.size() / 2;
  for (std::size_t from = 0; from < status.functions.size(); ++from) {
    for (std::size_t to = from / half * half; to < (from / half + 1) * half; ++to) {
      if (from != to) status.links.push_back({status.functions[from].id, status.functions[to].id, "peer-to-peer", false});
    }
  }
  return status;
}

std::string MakeList(const crd::NodeStatus& node_status) {
  json::Array items;
  const auto status = crd::WriteNodeStatus(node_status);
  for (int i = 0; i < kNodes; ++i) {
    items.push_back(json::Object{{"metadata", json::Object{{"name", "node-" + std::to_string(i)}}}, {"status", status}});
  }
  return json::Write(json::Object{{"items", std::move(items)}});
}

// From the text that kubectl has printed to the text that a person sees.
double Seconds(const std::string& list, const std::string& query) {
  const auto start = std::chrono::steady_clock::now();
  const auto asked = ParseQuery(query);
  if (!asked) std::abort();
  kubectl::ClusterSearch search(*asked);
  json::ListSplitter splitter([&](const json::Value& item) {
    const auto node = kubectl::ReadNode(item);
    if (!node) return Status(node.error());
    search.Ask(*node);
    return Status();
  });
  for (std::size_t at = 0; at < list.size(); at += kPart) {
    if (!splitter.Feed(std::string_view(list).substr(at, kPart))) std::abort();
  }
  if (!splitter.Finish()) std::abort();
  const auto text = kubectl::FormatClusterAnswer(*asked, std::move(search).Finish(), 10);
  if (text.find("5000 of 5000") == std::string::npos) std::abort();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

std::vector<Figure> MeasureAll() {
  const auto list = MakeList(MakeStatus());
  const auto bundles = MakeList(InBundles(MakeStatus()));
  const auto linked = MakeList(WithLinks(MakeStatus()));
  const auto figure = [](const std::string& what, const std::string& text, const std::string& query) {
    return Figure{"kubectl find, 5000 nodes" + what + ": " + query, "s", Seconds(text, query), kLimitSeconds};
  };
  const std::string pair = "zlib + sha256 chained=shared-address";
  return {figure("", list, "zlib near numa:2"), figure("", list, pair), figure(" with bundles", bundles, pair),
          figure(" with links", linked, "zlib near numa:2"), figure(" with links", linked, "zlib + sha256 chained")};
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) {
  if (argc == 1) return nacelle::Report(nacelle::MeasureAll(), {}) ? 0 : 1;
  if (argc == 3 && std::string_view(argv[1]) == "--json") return nacelle::Report(nacelle::MeasureAll(), argv[2]) ? 0 : 1;
  std::cerr << "usage: bench_kubectl [--json FILE]\n";
  return 2;
}

// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/base/files.h"
#include "operator/control/run.h"

namespace {

using namespace nacelle;

constexpr const char* kHelp = R"(usage: nacelle-operator [--listen ADDR] [--namespace NAME] [--identity NAME] [--max-unavailable PERCENT]
                        [--kube-api URL [--kube-token FILE] [--kube-ca FILE]]

Brings AcceleratorPolicies to nodes, in stages, until SIGTERM; of several replicas the
holder of the Lease nacelle-operator in --namespace does. --max-unavailable (10) says
how many percent of a policy's nodes, at least one, may be on their way at a time.

example: nacelle-operator --listen 0.0.0.0:9441 --max-unavailable 5
)";
constexpr std::array<std::string_view, 7> kOptions = {"--listen", "--namespace", "--identity", "--max-unavailable",
                                                      "--kube-api", "--kube-token", "--kube-ca"};
using Given = std::map<std::string, std::string>;

Result<Given> ParseOptions(int argc, char** argv) {
  Given given;
  for (int i = 1; i < argc; i += 2) {
    const std::string name = argv[i];
    bool known = false;
    for (const auto option : kOptions) known |= option == name;
    if (!known) return Error(Code::kInvalid, "no such option: " + name + "; see --help");
    if (i + 1 == argc) return Error(Code::kInvalid, name + ": a value is missing");
    if (!given.emplace(name, argv[i + 1]).second) return Error(Code::kInvalid, name + " is given twice");
  }
  return given;
}

std::string Get(const Given& given, const std::string& name, std::string otherwise) {
  const auto it = given.find(name);
  return it == given.end() ? std::move(otherwise) : it->second;
}

Result<int> Percent(const std::string& text) {
  int percent = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), percent);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  if (whole && percent >= 1 && percent <= 100) return percent;
  return Error(Code::kInvalid, "--max-unavailable: expected a number from 1 to 100, not '" + text + "'");
}

// Of the pod that this runs in.
std::string OwnNamespace() {
  const auto text = ReadFile("/var/run/secrets/kubernetes.io/serviceaccount/namespace", 256);
  return text && !text->empty() ? *text : "nacelle-system";
}

std::string OwnName() {
  std::array<char, 256> name{};
  gethostname(name.data(), name.size() - 1);
  return std::string(name.data()) + "_" + std::to_string(getpid());
}

Result<OperatorOptions> OptionsOf(const Given& given) {
  OperatorOptions options;
  options.listen = Get(given, "--listen", options.listen);
  options.lease.name_space = Get(given, "--namespace", OwnNamespace());
  options.lease.identity = Get(given, "--identity", OwnName());
  options.reconciler.identity = options.lease.identity;
  const auto percent = Percent(Get(given, "--max-unavailable", "10"));
  if (!percent) return percent.error();
  options.reconciler.max_unavailable_percent = *percent;
  const auto url = Get(given, "--kube-api", "");
  if (url.empty()) {
    const auto access = InClusterAccess();
    if (!access) return Error(Code::kInvalid, "not in a pod with a token: give --kube-api");
    options.access = *access;
    return options;
  }
  if (auto status = CheckApiUrl(url); !status) return std::move(status).error().In("--kube-api");
  options.access = {url, Get(given, "--kube-token", ""), Get(given, "--kube-ca", "")};
  return options;
}

int Fail(const Error& error) {
  std::fprintf(stderr, "nacelle-operator: %s\n", error.message().c_str());
  return error.code() == Code::kInvalid ? 2 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (first == "--help" || first == "-h") return std::fputs(kHelp, stdout) < 0;
  if (first == "--version") return std::fputs("nacelle-operator " NACELLE_VERSION "\n", stdout) < 0;
  const auto given = ParseOptions(argc, argv);
  if (!given) return Fail(given.error());
  const auto options = OptionsOf(*given);
  if (!options) return Fail(options.error());
  const auto status = RunOperator(*options);
  return status ? 0 : Fail(status.error());
}

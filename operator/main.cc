// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <array>
#include <charconv>
#include <cstdio>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/arguments.h"
#include "core/base/files.h"
#include "core/base/line_sink.h"
#include "operator/control/run.h"

namespace nacelle {
namespace {

constexpr const char* kHelp = R"(usage: nacelle-operator [--listen ADDR] [--namespace NAME] [--identity NAME] [--max-unavailable PERCENT]
                        [--label-nodes]
                        [--kube-api URL [--kube-token FILE] [--kube-ca FILE]]

Brings AcceleratorPolicies to nodes, in stages, until SIGTERM; of several replicas the
holder of the Lease nacelle-operator in --namespace does. --max-unavailable (10) says
how many percent of a policy's nodes, at least one, may be on their way at a time. With
--label-nodes, each Node has a label for each resource of its device plugin that says
how many devices can still be had, rounded down to a power of two.

example: nacelle-operator --listen [::]:9441 --max-unavailable 5
)";
constexpr std::array<std::string_view, 7> kOptions = {"--listen", "--namespace", "--identity", "--max-unavailable",
                                                      "--kube-api", "--kube-token", "--kube-ca"};
constexpr std::array<std::string_view, 1> kFlags = {"--label-nodes"};

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

Result<OperatorOptions> OptionsOf(const Arguments& given) {
  OperatorOptions options;
  options.listen = given.Get("--listen", options.listen);
  options.lease.name_space = given.Get("--namespace", OwnNamespace());
  options.lease.identity = given.Get("--identity", OwnName());
  if (options.lease.identity.empty()) return Error(Code::kInvalid, "--identity: empty; leave it out for a name of its own");
  options.reconciler.identity = options.lease.identity;
  options.reconciler.marks.labels = given.Has("--label-nodes");
  const auto percent = Percent(given.Get("--max-unavailable", "10"));
  if (!percent) return percent.error();
  options.reconciler.max_unavailable_percent = *percent;
  const auto url = given.Get("--kube-api", "");
  if (url.empty()) {
    const auto access = InClusterAccess();
    if (!access) return Error(Code::kInvalid, "not in a pod with a token: give --kube-api");
    options.access = *access;
    return options;
  }
  if (auto status = CheckApiUrl(url); !status) return std::move(status).error().In("--kube-api");
  options.access = {url, given.Get("--kube-token", ""), given.Get("--kube-ca", "")};
  return options;
}

int Fail(const Error& error) {
  // One whose log nobody reads ends all the same.
  if (TakesLine(STDERR_FILENO)) std::fprintf(stderr, "nacelle-operator: %s\n", error.message().c_str());
  return error.code() == Code::kInvalid ? 2 : 1;
}

int Main(const std::vector<std::string>& words) {
  if (!words.empty() && words.front() == "--version") return std::fputs("nacelle-operator " NACELLE_VERSION "\n", stdout) < 0;
  const auto given = ParseArguments(words, kOptions, kFlags);
  if (!given) return Fail(given.error());
  if (given->help) return std::fputs(kHelp, stdout) < 0;
  if (!given->operands.empty()) return Fail(Error(Code::kInvalid, "no operand is expected: " + given->operands.front()));
  const auto options = OptionsOf(*given);
  if (!options) return Fail(options.error());
  const auto status = RunOperator(*options);
  return status ? 0 : Fail(status.error());
}

}  // namespace
}  // namespace nacelle

int main(int argc, char** argv) { return nacelle::Main({argv + 1, argv + argc}); }

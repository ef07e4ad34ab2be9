// SPDX-License-Identifier: Apache-2.0
// Writes docs/metrics-reference.md below ROOT:
//   write-metrics ROOT
#include <cstdio>
#include <filesystem>

#include "core/base/files.h"
#include "core/metrics/definitions.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write-metrics ROOT\n", stderr);
    return 2;
  }
  const auto status = nacelle::ReplaceFile(std::filesystem::path(argv[1]) / "docs" / "metrics-reference.md", nacelle::MetricsPage());
  if (status) return 0;
  std::fprintf(stderr, "write-metrics: %s\n", status.error().message().c_str());
  return 1;
}

// SPDX-License-Identifier: Apache-2.0
// Writes the files that follow from the fields of the custom resources:
//   write-crds ROOT
#include <cstdio>
#include <filesystem>

#include "core/base/files.h"
#include "core/crd/definitions.h"

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: write-crds ROOT\n", stderr);
    return 2;
  }
  for (const auto& [path, text] : nacelle::crd::GeneratedFiles()) {
    const auto file = std::filesystem::path(argv[1]) / path;
    auto status = nacelle::MakeFolders(file.parent_path());
    if (status) status = nacelle::ReplaceFile(file, text);
    if (!status) {
      std::fprintf(stderr, "write-crds: %s\n", status.error().message().c_str());
      return 1;
    }
  }
  return 0;
}

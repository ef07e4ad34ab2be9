// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace nacelle::crd {

// A file that follows from the fields.
struct GeneratedFile {
  std::string path;  // from the root of the repository
  std::string text;
};

// The CustomResourceDefinitions of the chart, and the reference for people.
std::vector<GeneratedFile> GeneratedFiles();

}  // namespace nacelle::crd

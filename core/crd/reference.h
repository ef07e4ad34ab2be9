// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "core/json/value.h"

namespace nacelle::crd {

// A resource, to be explained.
struct ReferenceEntry {
  std::string kind;
  std::string doc;
  json::Object spec;  // schemas
  json::Object status;
};

// Every field with its type, limits, default and meaning, in Markdown.
std::string ReferencePage(const std::vector<ReferenceEntry>& entries);

}  // namespace nacelle::crd

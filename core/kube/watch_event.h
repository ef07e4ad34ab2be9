// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle {

// One line of a watch.
struct WatchEvent {
  enum class Kind { kChanged, kDeleted, kBookmark };
  Kind kind = Kind::kBookmark;
  std::string name;     // of the object, "namespace/name" where it has one
  std::string version;  // its resourceVersion
  json::Value object;
};

// Reads a line. An event of type ERROR is a failure: kConflict when what is
// watched from is too old (410), else kUnavailable; as is a line of no sense.
Result<WatchEvent> ParseWatchEvent(std::string_view line);

// How the objects of a list or watch are told apart: "namespace/name" or "name".
std::string NameOf(const json::Value& object);

}  // namespace nacelle

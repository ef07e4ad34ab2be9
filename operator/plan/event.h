// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

namespace nacelle {

// What a person must know of an object, when it comes to be so.
struct Event {
  bool warning = false;
  std::string reason;  // one word, for programs
  std::string note;

  bool operator==(const Event&) const = default;
};

// The API server takes no longer note.
inline constexpr std::size_t kLongestNote = 1024;

}  // namespace nacelle

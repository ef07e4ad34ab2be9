// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "plugin/offer/build_offers.h"

namespace nacelle {

// A claim whose record cannot be read: torn, of a newer version, no file. Its
// containers run, so what it was given is not free.
struct LostClaim {
  std::string record;  // path of the file
  std::string reason;
  // What its views show, which lie beside the record: at least what it holds.
  // Absent: nothing tells what it holds.
  std::optional<std::vector<HeldShare>> held;
};

// What a view's containers were given, by its description. Devices that are only
// looked at count like others.
Result<std::vector<HeldShare>> ReadHeldFromView(const std::filesystem::path& view);

// The same from the text of functions.json; kInvalid when it names no device, or
// one without its queue.
Result<std::vector<HeldShare>> ReadHeld(std::string_view description);

}  // namespace nacelle

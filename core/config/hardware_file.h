// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/model/hardware.h"

namespace nacelle {

// Reads hardware.yaml (docs/hardware.schema.json). Unknown keys, families and
// vocabularies, wrong types, words that no query can name and rows given twice
// are kInvalid, with `file`, the line and what would be right.
Result<HardwareTable> ParseHardware(const std::string& text, const std::string& file);

// What a row's `family` may be: those of the probes.
std::span<const std::string_view> HardwareFamilies();

// core/config/hardware.yaml as it was when the program was built.
const char* BuiltinHardwareText();
HardwareTable BuiltinHardware();

// The built-in table with the user's file over it; an empty path is no file.
Result<HardwareTable> LoadHardware(const std::filesystem::path& file);

}  // namespace nacelle

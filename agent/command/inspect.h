// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>

#include "core/base/result.h"
#include "core/model/inventory.h"

namespace nacelle {

// How `inspect` shows a machine.
enum class InspectFormat { kTable, kJson, kYaml, kTree, kSvg };
Result<InspectFormat> ParseInspectFormat(const std::string& name);

// `offers`, by function, are shown in JSON, YAML and SVG.
std::string FormatInventory(const Inventory& inventory, InspectFormat format, bool colour,
                            const std::map<std::string, std::string>& offers = {});

}  // namespace nacelle

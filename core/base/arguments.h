// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"

namespace nacelle {

// What a command was called with.
struct Arguments {
  std::map<std::string, std::string> options;  // by name, "--root"
  std::vector<std::string> operands;
  bool help = false;

  // The value of an option; `otherwise` when it was not given.
  std::string Get(const std::string& name, const std::string& otherwise) const;
  // Whether an option was given.
  bool Has(const std::string& name) const { return options.contains(name); }
};

// Parses "--name value", "--name=value", "--flag" and operands; `known` names the
// options that have a value, `flags` those that have none, `repeated` those of the
// known that may be given several times: their value has a line for each. kInvalid
// says what is wrong.
Result<Arguments> ParseArguments(std::span<const std::string> words, std::span<const std::string_view> known,
                                 std::span<const std::string_view> flags = {}, std::span<const std::string_view> repeated = {});

}  // namespace nacelle

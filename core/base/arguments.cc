// SPDX-License-Identifier: Apache-2.0
#include "core/base/arguments.h"

#include <algorithm>
#include <utility>

namespace nacelle {

std::string Arguments::Get(const std::string& name, const std::string& otherwise) const {
  const auto it = options.find(name);
  return it == options.end() ? otherwise : it->second;
}

Result<Arguments> ParseArguments(std::span<const std::string> words,
                                 std::span<const std::string_view> known, std::span<const std::string_view> flags,
                                 std::span<const std::string_view> repeated) {
  Arguments arguments;
  const auto among = [](std::span<const std::string_view> names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); };
  for (std::size_t i = 0; i < words.size(); ++i) {
    const auto& word = words[i];
    if (word == "--help" || word == "-h") {
      arguments.help = true;
      continue;
    }
    if (!word.starts_with('-') || word == "-") {
      arguments.operands.push_back(word);
      continue;
    }
    const auto equals = word.find('=');
    const auto name = word.substr(0, equals);
    if (among(flags, name)) {
      if (equals != std::string::npos) return Error(Code::kInvalid, name + ": takes no value");
      arguments.options[name];
      continue;
    }
    if (!among(known, name)) return Error(Code::kInvalid, "unknown option " + name);
    if (equals == std::string::npos && i + 1 == words.size()) {
      return Error(Code::kInvalid, name + ": value missing");
    }
    auto value = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
    const auto given = arguments.options.find(name);
    if (given != arguments.options.end() && !among(repeated, name)) return Error(Code::kInvalid, name + ": given twice");
    if (given != arguments.options.end()) value = given->second + '\n' + value;
    arguments.options[name] = std::move(value);
    // What an unset variable leaves; the machine itself has no name.
    if (name == "--root" && arguments.options[name].empty()) {
      return Error(Code::kInvalid, "--root: empty; leave it out for this machine");
    }
  }
  return arguments;
}

}  // namespace nacelle

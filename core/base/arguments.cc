// SPDX-License-Identifier: Apache-2.0
#include "core/base/arguments.h"

#include <algorithm>

namespace nacelle {

std::string Arguments::Get(const std::string& name, const std::string& otherwise) const {
  const auto it = options.find(name);
  return it == options.end() ? otherwise : it->second;
}

Result<Arguments> ParseArguments(std::span<const std::string> words,
                                 std::span<const std::string_view> known, std::span<const std::string_view> flags) {
  Arguments arguments;
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
    if (std::find(flags.begin(), flags.end(), name) != flags.end()) {
      if (equals != std::string::npos) return Error(Code::kInvalid, name + ": takes no value");
      arguments.options[name];
      continue;
    }
    if (std::find(known.begin(), known.end(), name) == known.end()) {
      return Error(Code::kInvalid, "unknown option " + name);
    }
    if (equals == std::string::npos && i + 1 == words.size()) {
      return Error(Code::kInvalid, name + ": value missing");
    }
    if (arguments.options.contains(name)) return Error(Code::kInvalid, name + ": given twice");
    arguments.options[name] = equals == std::string::npos ? words[++i] : word.substr(equals + 1);
    // What an unset variable leaves; the machine itself has no name.
    if (name == "--root" && arguments.options[name].empty()) {
      return Error(Code::kInvalid, "--root: empty; leave it out for this machine");
    }
  }
  return arguments;
}

}  // namespace nacelle

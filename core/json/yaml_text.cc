// SPDX-License-Identifier: Apache-2.0
#include "core/json/yaml_text.h"

#include <algorithm>
#include <string_view>

namespace nacelle::json {
namespace {

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Words that YAML 1.1 readers take for a boolean or null, in lower case.
bool IsReserved(std::string_view text) {
  static constexpr std::string_view kWords[] = {"null", "true", "false", "yes", "no", "on", "off", "y", "n"};
  std::string lower(text);
  for (auto& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
}

// Letters first, so that it is no number; no colon, so that it is no key.
bool IsPlain(std::string_view text) {
  if (text.empty() || !(IsLetter(text.front()) || text.front() == '/') || IsReserved(text)) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return IsLetter(c) || IsDigit(c) || c == '_' || c == '-' || c == '.' || c == '/';
  });
}

std::string Scalar(const Value& value) {
  const auto* text = value.AsString();
  return text != nullptr && IsPlain(*text) ? *text : Write(value);
}

bool IsBlock(const Value& value) {
  if (const auto* array = value.AsArray()) return !array->empty();
  const auto* object = value.AsObject();
  return object != nullptr && !object->members().empty();
}

void WriteBlock(const Value& value, const std::string& indent, std::string& out);

// A member behind its name: on the same line, or as a block below it.
void WriteMember(const Member& member, const std::string& indent, std::string& out) {
  const auto& [name, value] = member;
  out += Scalar(Value(name)) + ":";
  if (!IsBlock(value)) {
    out += " " + Scalar(value) + "\n";
    return;
  }
  // Items of a list need no deeper indent than the name of the list.
  const auto deeper = value.AsArray() != nullptr ? indent : indent + "  ";
  out += "\n" + deeper;
  WriteBlock(value, deeper, out);
}

// The first line's indent is there already.
void WriteBlock(const Value& value, const std::string& indent, std::string& out) {
  bool first = true;
  if (const auto* object = value.AsObject(); object != nullptr && IsBlock(value)) {
    for (const auto& member : object->members()) {
      if (!first) out += indent;
      first = false;
      WriteMember(member, indent, out);
    }
  } else if (const auto* array = value.AsArray(); array != nullptr && IsBlock(value)) {
    for (const auto& item : *array) {
      out += (first ? "" : indent) + "- ";
      first = false;
      WriteBlock(item, indent + "  ", out);
    }
  } else {
    out += Scalar(value) + "\n";
  }
}

}  // namespace

std::string WriteYaml(const Value& value) {
  std::string out;
  WriteBlock(value, "", out);
  return out;
}

}  // namespace nacelle::json

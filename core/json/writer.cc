// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/value.h"

namespace nacelle::json {
namespace {

// Whether the text is in JSON as it is, between quotes.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~' && c != '"' && c != '\\'; });
}

// Text and real numbers as the library writes them.
template <typename T>
std::string ByLibrary(const T& value) {
  return nlohmann::json(value).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Writes as the library would, without a second tree of what may be a megabyte.
class Writer {
 public:
  // `indent`: spaces a level; negative: all on one line.
  Writer(int indent, bool sorted) : indent_(indent), sorted_(sorted) {}

  std::string Text(const Value& value) {
    Put(value, 0);
    return std::move(out_);
  }

 private:
  void Put(const Value& value, int level) {
    if (const auto* boolean = value.AsBool()) out_ += *boolean ? "true" : "false";
    else if (const auto* integer = value.AsInt()) out_ += std::to_string(*integer);
    else if (const auto* real = value.AsDouble()) out_ += ByLibrary(*real);
    else if (const auto* text = value.AsString()) PutText(*text);
    else if (const auto* array = value.AsArray()) PutArray(*array, level);
    else if (const auto* object = value.AsObject()) PutObject(*object, level);
    else out_ += "null";
  }

  void PutText(const std::string& text) {
    if (IsPlain(text)) out_.append("\"").append(text).append("\"");
    else out_ += ByLibrary(text);
  }

  void PutArray(const Array& array, int level) {
    out_ += '[';
    for (const auto& item : array) {
      Separate(&item == &array.front(), level + 1);
      Put(item, level + 1);
    }
    Close(']', array.empty(), level);
  }

  void PutObject(const Object& object, int level) {
    std::vector<const Member*> members;
    for (const auto& member : object.members()) members.push_back(&member);
    if (sorted_) std::sort(members.begin(), members.end(), [](auto* a, auto* b) { return a->first < b->first; });
    out_ += '{';
    for (const auto* member : members) {
      Separate(member == members.front(), level + 1);
      PutText(member->first);
      out_ += indent_ < 0 ? ":" : ": ";
      Put(member->second, level + 1);
    }
    Close('}', members.empty(), level);
  }

  void Separate(bool is_first, int level) {
    if (!is_first) out_ += ',';
    Break(level);
  }
  void Close(char end, bool is_empty, int level) {
    if (!is_empty) Break(level);
    out_ += end;
  }
  void Break(int level) {
    if (indent_ >= 0) out_.append("\n").append(static_cast<std::size_t>(indent_ * level), ' ');
  }

  const int indent_;
  const bool sorted_;
  std::string out_;
};

}  // namespace

std::string Write(const Value& value) { return Writer(-1, false).Text(value); }

std::string WriteSorted(const Value& value) { return Writer(-1, true).Text(value); }

std::string WritePretty(const Value& value) { return Writer(2, false).Text(value) + '\n'; }

}  // namespace nacelle::json

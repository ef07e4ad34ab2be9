// SPDX-License-Identifier: Apache-2.0
#include "core/json/list_splitter.h"

#include <utility>

namespace nacelle::json {
namespace {

// Of an item: within the list's object and the array in it.
constexpr int kItemDepth = 2;

bool IsSpace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

// Without spaces and one `c` at its end, where that is there.
bool TakeLast(std::string_view& text, std::string_view wanted) {
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  if (!text.ends_with(wanted)) return false;
  text.remove_suffix(wanted.size());
  return true;
}

}  // namespace

bool ListSplitter::OpensItems() const {
  std::string_view before = around_;
  return depth_ == 1 && TakeLast(before, ":") && TakeLast(before, "\"items\"");
}

Status ListSplitter::Feed(std::string_view bytes) {
  begin_ = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    if (in_item_) at = PassOver(bytes, at);
    if (at == bytes.size()) break;
    const char c = bytes[at];
    const bool between = in_items_ && depth_ == kItemDepth && (IsSpace(c) || c == ',');
    const bool inside = in_item_;
    Look(c);
    if (in_item_ && !inside) begin_ = at;
    if (in_item_ || inside) {
      if (in_item_) continue;
      if (auto status = EndItem(bytes, at + 1); !status) return status;
    } else if (!between) {
      around_ += c;
    }
  }
  if (in_item_) pending_.append(bytes.substr(begin_));
  return {};
}

// Within an item: the next byte at or after `at` that opens or closes something, which
// most do not.
std::size_t ListSplitter::PassOver(std::string_view bytes, std::size_t at) const {
  if (escaped_) return at;
  const auto plain = [this](char c) {
    if (in_string_) return c != '"' && c != '\\';
    return c != '"' && c != '{' && c != '}' && c != '[' && c != ']';
  };
  while (at < bytes.size() && plain(bytes[at])) ++at;
  return at;
}

// One byte: what it opens or closes.
void ListSplitter::Look(char c) {
  if (in_string_) {
    in_string_ = escaped_ || c != '"';
    escaped_ = !escaped_ && c == '\\';
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    if (c == '[' && OpensItems()) in_items_ = true;
    if (c == '{' && in_items_ && depth_ == kItemDepth) in_item_ = true;
    ++depth_;
  } else if (c == '}' || c == ']') {
    --depth_;
    if (depth_ == kItemDepth) in_item_ = false;
    if (depth_ < kItemDepth) in_items_ = false;
  }
}

Status ListSplitter::EndItem(std::string_view bytes, std::size_t end) {
  auto text = bytes.substr(begin_, end - begin_);
  if (!pending_.empty()) {
    pending_.append(text);
    text = pending_;
  }
  const auto item = Parse(text);
  pending_.clear();
  if (!item) return item.error();
  return on_item_(*item);
}

Result<Value> ListSplitter::Finish() const {
  auto list = Parse(around_);
  if (!list) return list;
  const auto* items = list->AsObject() == nullptr ? nullptr : list->AsObject()->Find("items");
  if (items == nullptr || items->AsArray() == nullptr) return Error(Code::kInvalid, "no list");
  if (!items->AsArray()->empty()) return Error(Code::kInvalid, "an item is no object");
  return list;
}

}  // namespace nacelle::json

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle::json {

// Takes a Kubernetes list apart while it arrives, so that a large one is never in
// memory as a whole: hands out each item, and keeps what is around them.
class ListSplitter {
 public:
  // `on_item` gets the value of one item; what it returns in error ends all.
  explicit ListSplitter(std::function<Status(const Value& item)> on_item) : on_item_(std::move(on_item)) {}

  // The next bytes, cut anywhere. kInvalid when an item is no JSON; then, and when
  // `on_item` fails, call it no more.
  Status Feed(std::string_view bytes);

  // After the last bytes: the list with its items left out. kInvalid when it ends too
  // early, or is no list.
  Result<Value> Finish() const;

 private:
  std::size_t PassOver(std::string_view bytes, std::size_t at) const;
  void Look(char c);
  Status EndItem(std::string_view bytes, std::size_t end);
  bool OpensItems() const;

  const std::function<Status(const Value&)> on_item_;
  std::string around_;   // all but the items
  std::string pending_;  // the beginning of an item, from the bytes before
  std::size_t begin_ = 0;  // where the item begins in these bytes
  int depth_ = 0;
  bool in_items_ = false;
  bool in_item_ = false;
  bool in_string_ = false;
  bool escaped_ = false;
};

}  // namespace nacelle::json

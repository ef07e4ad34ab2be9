// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

namespace nacelle {

// A piece of a query's text.
struct QueryWord {
  enum class Kind { kWord, kPlus, kComma, kEqual, kNotEqual, kEnd, kStrange };
  Kind kind = Kind::kEnd;
  std::size_t offset = 0;
  std::string_view text;  // empty at the end
};

// Takes a text to pieces. `text` must outlive it.
class QueryWords {
 public:
  explicit QueryWords(std::string_view text) : text_(text) { Advance(); }

  const QueryWord& next() const { return next_; }
  // Returns the next piece and goes behind it.
  QueryWord Take();

 private:
  void Advance();

  std::string_view text_;
  std::size_t at_ = 0;
  QueryWord next_;
};

bool IsNumber(std::string_view word);

}  // namespace nacelle

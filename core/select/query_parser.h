// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.h"
#include "core/select/query.h"

namespace nacelle {

// A mistake in the text of a query: where, in bytes, and what would be right.
struct QueryMistake {
  std::size_t offset = 0;
  std::size_t length = 1;  // at least 1, also at the end of the text
  std::string message;

  bool operator==(const QueryMistake&) const = default;
};

// Reads a query:
//   query    = want { "+" want } [ relation ]
//   want     = [ count ] operation { "," filter }
//   filter   = key ( "=" | "!=" ) value
//   relation = "near" place [ "within" distance ] | "sharing" "hbm"
//            | "chained" [ "=" strength ]
// Any bytes are safe. An operation, id or name that no machine has is no mistake.
std::variant<Query, QueryMistake> ReadQuery(std::string_view text);

// The same, with a mistake as kInvalid: "byte 5: …".
Result<Query> ParseQuery(std::string_view text);

// The text with a caret under the mistake, in two lines without a last newline:
//   zlib,acess=sva
//        ^~~~~ no filter is called 'acess'; …
std::string Show(std::string_view text, const QueryMistake& mistake);

// Reads a query for a person: kInvalid shows the text with a caret under the
// mistake, in lines of their own.
Result<Query> ReadQueryOrShow(const std::string& text);

}  // namespace nacelle

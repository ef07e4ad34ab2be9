// SPDX-License-Identifier: Apache-2.0
#include "core/select/query_words.h"

#include <algorithm>

namespace nacelle {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsWordCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || IsDigit(c) || c == '.' || c == '_' || c == ':' ||
         c == '-';
}

bool IsSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

QueryWord::Kind KindOfSymbol(std::string_view rest) {
  switch (rest.front()) {
    case '+': return QueryWord::Kind::kPlus;
    case ',': return QueryWord::Kind::kComma;
    case '=': return QueryWord::Kind::kEqual;
    case '!': return rest.starts_with("!=") ? QueryWord::Kind::kNotEqual : QueryWord::Kind::kStrange;
    default: return QueryWord::Kind::kStrange;
  }
}

}  // namespace

QueryWord QueryWords::Take() {
  const auto taken = next_;
  Advance();
  return taken;
}

void QueryWords::Advance() {
  while (at_ < text_.size() && IsSpace(text_[at_])) ++at_;
  next_ = {QueryWord::Kind::kEnd, at_, {}};
  if (at_ == text_.size()) return;
  const auto rest = text_.substr(at_);
  const auto end = std::find_if_not(rest.begin(), rest.end(), IsWordCharacter);
  auto size = static_cast<std::size_t>(end - rest.begin());
  next_.kind = QueryWord::Kind::kWord;
  if (size == 0) {
    next_.kind = KindOfSymbol(rest);
    size = next_.kind == QueryWord::Kind::kNotEqual ? 2 : 1;
  }
  next_.text = rest.substr(0, size);
  at_ += size;
}

bool IsNumber(std::string_view word) {
  return !word.empty() && std::all_of(word.begin(), word.end(), IsDigit);
}

}  // namespace nacelle

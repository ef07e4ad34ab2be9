// SPDX-License-Identifier: Apache-2.0
#include <charconv>
#include <utility>

#include "core/json/parsers.h"

namespace nacelle::json {
namespace {

// More may not fit into 64 bits.
constexpr std::size_t kMaxDigits = 18;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// Each takes its part off the text; absent: that is not plain.
class PlainParser {
 public:
  explicit PlainParser(std::string_view text) : rest_(text) {}

  std::optional<Value> Whole() {
    auto value = Next();
    SkipSpace();
    return rest_.empty() ? std::move(value) : std::nullopt;
  }

 private:
  std::optional<Value> Next() {
    SkipSpace();
    if (rest_.empty()) return std::nullopt;
    switch (rest_.front()) {
      case '{': return Nested(&PlainParser::Members);
      case '[': return Nested(&PlainParser::Items);
      case '"': return Text();
      case 't': return Word("true", true);
      case 'f': return Word("false", false);
      case 'n': return Word("null", nullptr);
      default: return Number();
    }
  }

  std::optional<Value> Nested(std::optional<Value> (PlainParser::*content)()) {
    if (depth_ == kMaxDepth) return std::nullopt;
    ++depth_;
    rest_.remove_prefix(1);
    auto value = (this->*content)();
    --depth_;
    return value;
  }

  std::optional<Value> Members() {
    Object object;
    if (Take('}')) return object;
    do {
      SkipSpace();
      auto name = String();
      if (!name || !Take(':')) return std::nullopt;
      auto value = Next();
      if (!value) return std::nullopt;
      object.Set(*name, *std::move(value));
    } while (Take(','));
    if (!Take('}')) return std::nullopt;
    return object;
  }

  std::optional<Value> Items() {
    Array array;
    if (Take(']')) return array;
    do {
      auto value = Next();
      if (!value) return std::nullopt;
      array.push_back(*std::move(value));
    } while (Take(','));
    if (!Take(']')) return std::nullopt;
    return array;
  }

  std::optional<Value> Text() {
    auto text = String();
    if (!text) return std::nullopt;
    return *std::move(text);
  }

  std::optional<std::string> String() {
    if (rest_.empty() || rest_.front() != '"') return std::nullopt;
    rest_.remove_prefix(1);
    std::string text;
    while (true) {
      const auto end = PlainCharacters();
      text.append(rest_.substr(0, end));
      rest_.remove_prefix(end);
      if (rest_.empty()) return std::nullopt;
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '"') return text;
      if (c != '\\' || !Escaped(text)) return std::nullopt;
    }
  }

  // How many that stand for themselves come next.
  std::size_t PlainCharacters() const {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] >= ' ' && rest_[end] < '\x7f' && rest_[end] != '"' && rest_[end] != '\\') ++end;
    return end;
  }

  bool Escaped(std::string& text) {
    constexpr std::string_view kNames = "\"\\/bfnrt";
    constexpr std::string_view kMeanings = "\"\\/\b\f\n\r\t";
    const auto at = rest_.empty() ? std::string_view::npos : kNames.find(rest_.front());
    if (at == std::string_view::npos) return false;
    text += kMeanings[at];
    rest_.remove_prefix(1);
    return true;
  }

  std::optional<Value> Word(std::string_view word, Value meaning) {
    if (!rest_.starts_with(word)) return std::nullopt;
    rest_.remove_prefix(word.size());
    return meaning;
  }

  std::optional<Value> Number() {
    const std::size_t sign = rest_.front() == '-' ? 1 : 0;
    auto end = sign;
    while (end < rest_.size() && IsDigit(rest_[end])) ++end;
    const auto digits = end - sign;
    const bool is_whole = end == rest_.size() || std::string_view(".eE").find(rest_[end]) == std::string_view::npos;
    if (digits == 0 || digits > kMaxDigits || !is_whole) return std::nullopt;
    // Neither -0 nor 007.
    if (rest_[sign] == '0' && digits + sign > 1) return std::nullopt;
    std::int64_t number = 0;
    std::from_chars(rest_.data(), rest_.data() + end, number);
    rest_.remove_prefix(end);
    return number;
  }

  bool Take(char wanted) {
    SkipSpace();
    if (rest_.empty() || rest_.front() != wanted) return false;
    rest_.remove_prefix(1);
    return true;
  }

  void SkipSpace() {
    while (!rest_.empty() && (rest_.front() == ' ' || rest_.front() == '\n' || rest_.front() == '\r' || rest_.front() == '\t')) rest_.remove_prefix(1);
  }

  std::string_view rest_;
  std::size_t depth_ = 0;
};

}  // namespace

std::optional<Value> ParsePlain(std::string_view text) { return PlainParser(text).Whole(); }

}  // namespace nacelle::json

// SPDX-License-Identifier: Apache-2.0
#include "core/select/query_parser.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "core/select/query_words.h"

namespace nacelle {
namespace {

using Kind = QueryWord::Kind;

constexpr int kMaxNodeOrCpu = 1'000'000;
constexpr int kMaxDistance = kUnknownDistance;

constexpr std::array kKeys = {FilterKey::kFamily,   FilterKey::kInterface, FilterKey::kAccess, FilterKey::kOperation,
                              FilterKey::kFunction, FilterKey::kNuma,      FilterKey::kCard};
constexpr std::array kStrengths = {LinkStrength::kOnCard, LinkStrength::kPeerToPeer, LinkStrength::kSharedAddress};

bool IsRelation(std::string_view word) { return word == "near" || word == "sharing" || word == "chained"; }

std::optional<int> NumberUpTo(std::string_view word, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  if (!IsNumber(word) || error != std::errc() || end != word.data() + word.size()) return std::nullopt;
  return number <= most ? std::optional(number) : std::nullopt;
}

// Each Parse… returns nothing once there is a mistake.
class Parser {
 public:
  explicit Parser(std::string_view text) : words_(text) {}

  std::variant<Query, QueryMistake> Parse() {
    Query query;
    do {
      auto want = ParseWant();
      if (!want) return mistake_;
      query.wants.push_back(std::move(*want));
      if (!CheckSize(query)) return mistake_;
    } while (TakeIf(Kind::kPlus));
    const auto start = words_.next();
    auto relation = ParseRelation(QueueCount(query));
    if (!relation) return mistake_;
    const bool is_one_chain = relation->kind == Relation::Kind::kChained && query.wants.size() == 1;
    if (is_one_chain && query.wants.front().count > static_cast<int>(kMaxWants)) {
      return Wrong(start, "a chain of one operation has at most " + std::to_string(kMaxWants) + " queues");
    }
    query.relation = std::move(*relation);
    if (words_.next().kind != Kind::kEnd) return Expected("the end of the query");
    return query;
  }

 private:
  bool TakeIf(Kind kind) {
    if (words_.next().kind != kind) return false;
    last_ = words_.Take();
    return true;
  }

  QueryMistake Wrong(const QueryWord& word, std::string message) {
    return mistake_ = {word.offset, std::max<std::size_t>(word.text.size(), 1), std::move(message)};
  }

  QueryMistake Expected(const std::string& what) {
    const auto& word = words_.next();
    std::string found = "the query ends here";
    if (word.kind == Kind::kStrange) {
      found = "this has no place in a query";
    } else if (word.kind != Kind::kEnd) {
      found = "found '" + std::string(word.text) + "'";
    }
    return Wrong(word, "expected " + what + ", but " + found);
  }

  std::optional<QueryWord> TakeWord(const std::string& what) {
    if (words_.next().kind != Kind::kWord) return Expected(what), std::nullopt;
    return last_ = words_.Take();
  }

  // A want of the query was the last to be read.
  bool CheckSize(const Query& query) {
    if (query.wants.size() > kMaxWants) {
      Wrong(last_, "a query asks for at most " + std::to_string(kMaxWants) + " operations");
      return false;
    }
    if (QueueCount(query) > kMaxQueues) {
      Wrong(last_, "a query asks for at most " + std::to_string(kMaxQueues) + " queues");
      return false;
    }
    return true;
  }

  std::optional<Want> ParseWant() {
    Want want;
    if (IsNumber(words_.next().text)) {
      const auto word = words_.Take();
      const auto count = NumberUpTo(word.text, kMaxQueues);
      if (!count || *count < 1) {
        Wrong(word, "a count is a number from 1 to " + std::to_string(kMaxQueues));
        return std::nullopt;
      }
      want.count = *count;
    }
    const std::string_view next = words_.next().text;
    if (IsRelation(next) || IsNumber(next)) return Expected("an operation, such as 'zlib'"), std::nullopt;
    const auto operation = TakeWord("an operation, such as 'zlib'");
    if (!operation) return std::nullopt;
    want.operation = operation->text;
    while (TakeIf(Kind::kComma)) {
      auto filter = ParseFilter();
      if (!filter) return std::nullopt;
      want.filters.push_back(std::move(*filter));
    }
    return want;
  }

  std::optional<Filter> ParseFilter() {
    const std::string keys = "family, interface, access, operation, function, numa or card";
    const auto word = TakeWord("a filter: " + keys);
    if (!word) return std::nullopt;
    const auto key = std::find_if(kKeys.begin(), kKeys.end(), [&](FilterKey k) { return Name(k) == word->text; });
    if (key == kKeys.end()) {
      Wrong(*word, "no filter is called '" + std::string(word->text) + "': write " + keys);
      return std::nullopt;
    }
    Filter filter{*key, true, {}};
    if (!TakeIf(Kind::kEqual)) {
      if (!TakeIf(Kind::kNotEqual)) return Expected("'=' or '!='"), std::nullopt;
      filter.equal = false;
    }
    const auto value = TakeWord("a value");
    if (!value || !CheckValue(*key, *value)) return std::nullopt;
    const auto number = *key == FilterKey::kNuma ? NumberUpTo(value->text, kMaxNodeOrCpu) : std::nullopt;
    filter.value = number ? std::to_string(*number) : std::string(value->text);
    return filter;
  }

  bool CheckValue(FilterKey key, const QueryWord& value) {
    const auto text = value.text;
    if (key == FilterKey::kAccess && text != "sva" && text != "iommu" && text != "none") {
      Wrong(value, "access is sva, iommu or none");
      return false;
    }
    if (key == FilterKey::kNuma && !NumberUpTo(text, kMaxNodeOrCpu)) {
      Wrong(value, "numa is the number of a node");
      return false;
    }
    return true;
  }

  std::optional<Relation> ParseRelation(int queues) {
    Relation relation;
    if (words_.next().kind == Kind::kEnd) return relation;
    if (!IsRelation(words_.next().text)) {
      return Expected("',', '+', 'near', 'sharing hbm', 'chained' or the end"), std::nullopt;
    }
    const auto word = words_.Take();
    if (word.text == "near") return ParseNear();
    if (queues < 2) {
      Wrong(word, "'" + std::string(word.text) + "' relates two queues or more, and this asks for one");
      return std::nullopt;
    }
    if (word.text == "chained") return ParseChained();
    if (words_.next().text != "hbm") return Expected("'hbm'"), std::nullopt;
    words_.Take();
    relation.kind = Relation::Kind::kSharingHbm;
    return relation;
  }

  std::optional<Relation> ParseNear() {
    Relation relation{.kind = Relation::Kind::kNear};
    const std::string what = "a place: numa:N, cpu:N or memory:ID";
    const auto word = TakeWord(what);
    if (!word) return std::nullopt;
    const auto place = PlaceOf(word->text);
    if (!place) return Wrong(*word, "expected " + what), std::nullopt;
    relation.place = *place;
    if (words_.next().text != "within") return relation;
    words_.Take();
    const auto distance = TakeWord("a distance from 0 to 255");
    if (!distance) return std::nullopt;
    relation.within = NumberUpTo(distance->text, kMaxDistance);
    if (!relation.within) return Wrong(*distance, "a distance is a number from 0 to 255"), std::nullopt;
    return relation;
  }

  static std::optional<Place> PlaceOf(std::string_view word) {
    const auto colon = word.find(':');
    if (colon == std::string_view::npos || colon + 1 == word.size()) return std::nullopt;
    const auto kind = word.substr(0, colon);
    const auto rest = word.substr(colon + 1);
    if (kind == "memory") return Place{Place::Kind::kMemory, 0, std::string(rest)};
    const auto number = NumberUpTo(rest, kMaxNodeOrCpu);
    if (!number || (kind != "numa" && kind != "cpu")) return std::nullopt;
    return Place{kind == "numa" ? Place::Kind::kNuma : Place::Kind::kCpu, *number, {}};
  }

  std::optional<Relation> ParseChained() {
    Relation relation{.kind = Relation::Kind::kChained};
    if (!TakeIf(Kind::kEqual)) return relation;
    const std::string what = "a strength: on-card, peer-to-peer or shared-address";
    const auto word = TakeWord(what);
    if (!word) return std::nullopt;
    for (const auto strength : kStrengths) {
      if (Name(strength) == word->text) relation.strength = strength;
    }
    if (!relation.strength) return Wrong(*word, "expected " + what), std::nullopt;
    return relation;
  }

  QueryWords words_;
  QueryWord last_;
  QueryMistake mistake_;
};

}  // namespace

std::variant<Query, QueryMistake> ReadQuery(std::string_view text) { return Parser(text).Parse(); }

Result<Query> ParseQuery(std::string_view text) {
  auto read = ReadQuery(text);
  if (auto* query = std::get_if<Query>(&read)) return std::move(*query);
  const auto& mistake = *std::get_if<QueryMistake>(&read);
  return Error(Code::kInvalid, "byte " + std::to_string(mistake.offset) + ": " + mistake.message);
}

std::string Show(std::string_view text, const QueryMistake& mistake) {
  std::string shown;
  // One column a byte, so that the caret stands where it should.
  for (const char c : text) shown += c >= ' ' && c <= '~' ? c : (c == '\t' || c == '\n' || c == '\r' ? ' ' : '?');
  const auto underlined = std::max<std::size_t>(mistake.length, 1) - 1;
  return shown + '\n' + std::string(mistake.offset, ' ') + '^' + std::string(underlined, '~') + ' ' + mistake.message;
}

Result<Query> ReadQueryOrShow(const std::string& text) {
  auto read = ReadQuery(text);
  if (auto* query = std::get_if<Query>(&read)) return std::move(*query);
  std::string shown = "a mistake in the query:\n  ";
  for (const char c : Show(text, *std::get_if<QueryMistake>(&read))) shown += c == '\n' ? "\n  " : std::string(1, c);
  return Error(Code::kInvalid, std::move(shown));
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/model/inventory.h"

namespace nacelle {

// What a filter looks at.
enum class FilterKey { kFamily, kInterface, kAccess, kOperation, kFunction, kNuma, kCard };
std::string_view Name(FilterKey key);

// A function that does not know the value matches neither = nor !=.
struct Filter {
  FilterKey key = FilterKey::kFamily;
  bool equal = true;  // false: !=
  std::string value;

  bool operator==(const Filter&) const = default;
};

// So many queues of functions with an operation that pass all filters.
struct Want {
  int count = 1;
  std::string operation;
  std::vector<Filter> filters;

  bool operator==(const Want&) const = default;
};

// Where memory is, as the asker names it.
struct Place {
  enum class Kind { kNuma, kCpu, kMemory };
  Kind kind = Kind::kNuma;
  int number = 0;      // of the node or CPU
  std::string domain;  // of kMemory: its id

  bool operator==(const Place&) const = default;
};

// How the queues of an answer must lie.
struct Relation {
  enum class Kind { kNone, kNear, kSharingHbm, kChained };
  Kind kind = Kind::kNone;
  Place place;                           // of kNear
  std::optional<int> within;             // of kNear: no queue is farther than this
  std::optional<LinkStrength> strength;  // of kChained: this one only

  bool operator==(const Relation&) const = default;
};

// A question to the machine: "2 zlib,access=sva + sha256 sharing hbm".
struct Query {
  std::vector<Want> wants;
  Relation relation;

  bool operator==(const Query&) const = default;
};

// A query is at most this large; ParseQuery refuses more.
inline constexpr std::size_t kMaxWants = 8;
inline constexpr int kMaxQueues = 1024;

// How many queues an answer has.
int QueueCount(const Query& query);

// The canonical text: ParseQuery gives the same query again.
std::string Print(const Want& want);
std::string Print(const Relation& relation);  // empty for none
std::string Print(const Query& query);

}  // namespace nacelle

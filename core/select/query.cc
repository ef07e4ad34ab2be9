// SPDX-License-Identifier: Apache-2.0
#include "core/select/query.h"

namespace nacelle {
namespace {

std::string Print(const Place& place) {
  switch (place.kind) {
    case Place::Kind::kNuma: return "numa:" + std::to_string(place.number);
    case Place::Kind::kCpu: return "cpu:" + std::to_string(place.number);
    case Place::Kind::kMemory: return "memory:" + place.domain;
  }
  return {};
}

}  // namespace

std::string_view Name(FilterKey key) {
  switch (key) {
    case FilterKey::kFamily: return "family";
    case FilterKey::kInterface: return "interface";
    case FilterKey::kAccess: return "access";
    case FilterKey::kOperation: return "operation";
    case FilterKey::kFunction: return "function";
    case FilterKey::kNuma: return "numa";
    case FilterKey::kCard: return "card";
  }
  return "family";
}

int QueueCount(const Query& query) {
  int count = 0;
  for (const auto& want : query.wants) count += want.count;
  return count;
}

std::string Print(const Want& want) {
  std::string text = want.count == 1 ? "" : std::to_string(want.count) + ' ';
  text += want.operation;
  for (const auto& filter : want.filters) {
    text += ',';
    text += Name(filter.key);
    text += filter.equal ? "=" : "!=";
    text += filter.value;
  }
  return text;
}

std::string Print(const Relation& relation) {
  switch (relation.kind) {
    case Relation::Kind::kNone: return {};
    case Relation::Kind::kNear: {
      const auto text = "near " + Print(relation.place);
      return relation.within ? text + " within " + std::to_string(*relation.within) : text;
    }
    case Relation::Kind::kSharingHbm: return "sharing hbm";
    case Relation::Kind::kChained:
      return relation.strength ? "chained=" + std::string(Name(*relation.strength)) : "chained";
  }
  return {};
}

std::string Print(const Query& query) {
  std::string text;
  for (const auto& want : query.wants) {
    if (!text.empty()) text += " + ";
    text += Print(want);
  }
  const auto relation = Print(query.relation);
  return relation.empty() ? text : text + ' ' + relation;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/tuple_record.h"

#include <cstdint>
#include <set>
#include <utility>

#include "core/json/value.h"
#include "plugin/grant/record_reader.h"

namespace nacelle {
namespace {

constexpr std::int64_t kVersion = 1;

Result<SavedTuple> ReadTuple(const json::Value& value) {
  RecordReader reader(value);
  SavedTuple tuple{reader.String("resource"), reader.String("id"), reader.Strings("queues"), reader.String("query")};
  return reader.Finish(std::move(tuple));
}

}  // namespace

std::string WriteTupleRecord(const std::vector<SavedTuple>& tuples) {
  json::Array array;
  for (const auto& tuple : tuples) {
    array.push_back(json::Object{{"resource", tuple.resource},
                                 {"id", tuple.id},
                                 {"queues", json::Strings(tuple.queues)},
                                 {"query", tuple.query}});
  }
  return json::Write(json::Object{{"version", kVersion}, {"tuples", std::move(array)}}) + '\n';
}

Result<std::vector<SavedTuple>> ReadTupleRecord(std::string_view text) {
  const auto value = json::Parse(text);
  if (!value) return value.error();
  RecordReader reader(*value);
  if (reader.Number<int>("version") > kVersion) return Error(Code::kInvalid, "version: written by a newer Nacelle");
  auto tuples = reader.Finish(reader.Items("tuples", ReadTuple));
  if (!tuples) return tuples;
  std::set<std::pair<std::string, std::string>> ids;
  for (const auto& tuple : *tuples) {
    if (tuple.queues.empty()) return Error(Code::kInvalid, tuple.id + ": no queues");
    if (!ids.emplace(tuple.resource, tuple.id).second) return Error(Code::kInvalid, tuple.id + ": twice");
  }
  return tuples;
}

}  // namespace nacelle

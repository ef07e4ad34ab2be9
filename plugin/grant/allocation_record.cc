// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/allocation_record.h"

#include <algorithm>
#include <utility>

#include "core/json/value.h"
#include "plugin/grant/record_reader.h"

namespace nacelle {
namespace {

const json::Value* Find(const json::Value* value, std::string_view name) {
  const auto* object = value == nullptr ? nullptr : value->AsObject();
  return object == nullptr ? nullptr : object->Find(name);
}

// A device that is near several NUMA nodes is listed under each.
Result<std::vector<Holding>> ReadEntry(const json::Value& value) {
  RecordReader reader(value);
  const Holding entry{reader.String("ResourceName"), "", "", reader.String("PodUID"), reader.String("ContainerName")};
  std::vector<Holding> holdings;
  for (const auto& [node, ids] : reader.Lists("DeviceIDs")) {
    for (const auto& id : ids) {
      holdings.push_back(entry);
      holdings.back().device = id;
    }
  }
  return reader.Finish(std::move(holdings));
}

}  // namespace

Result<std::vector<Holding>> ReadAllocationRecord(std::string_view text) {
  const auto record = json::Parse(text);
  if (!record) return record.error();
  const auto* entries = Find(Find(&*record, "Data"), "PodDeviceEntries");
  if (entries == nullptr) return Error(Code::kInvalid, "no Data.PodDeviceEntries");
  std::vector<Holding> all;
  if (entries->is_null()) return all;  // as Go writes an empty list
  if (entries->AsArray() == nullptr) return Error(Code::kInvalid, "Data.PodDeviceEntries: not an array");
  for (const auto& value : *entries->AsArray()) {
    auto entry = ReadEntry(value);
    if (!entry) return std::move(entry).error().In("Data.PodDeviceEntries");
    all.insert(all.end(), entry->begin(), entry->end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace nacelle

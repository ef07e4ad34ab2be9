// SPDX-License-Identifier: Apache-2.0
#include "agent/command/instance_record.h"

#include <cstdint>
#include <utility>

#include "core/base/files.h"
#include "core/base/log.h"
#include "core/json/value.h"
#include "plugin/grant/record_reader.h"

namespace nacelle {
namespace {

constexpr std::int64_t kVersion = 1;
constexpr std::size_t kMaxFile = 4 * 1024 * 1024;

using Entry = std::pair<std::string, SeenInstances>;

Result<Entry> ReadEntry(const json::Value& value) {
  RecordReader reader(value);
  Entry entry{reader.String("id"), {reader.Number<int>("instances"), reader.Bool("at_least")}};
  return reader.Finish(std::move(entry));
}

}  // namespace

std::map<std::string, SeenInstances> InstancesOf(const Inventory& inventory) {
  std::map<std::string, SeenInstances> queues;
  for (const auto& function : inventory.functions) {
    for (const auto& queue : function.queues) {
      if (queue.instances) queues[queue.id] = {*queue.instances, queue.instances_at_least};
    }
  }
  return queues;
}

std::string WriteInstanceRecord(const std::map<std::string, SeenInstances>& queues, const std::string& boot_id) {
  json::Array array;
  for (const auto& [id, seen] : queues) {
    array.push_back(json::Object{{"id", id}, {"instances", seen.most}, {"at_least", seen.at_least}});
  }
  return json::Write(json::Object{{"version", kVersion}, {"boot_id", boot_id}, {"queues", std::move(array)}}) + '\n';
}

Result<InstanceMemory> ReadInstanceRecord(std::string_view text, const std::string& boot_id) {
  const auto value = json::Parse(text);
  if (!value) return value.error();
  RecordReader reader(*value);
  if (reader.Number<int>("version") > kVersion) return Error(Code::kInvalid, "version: written by a newer Nacelle");
  InstanceMemory memory;
  memory.machine_is_fresh = reader.String("boot_id") != boot_id;
  const auto entries = reader.Finish(reader.Items("queues", ReadEntry));
  if (!entries) return entries.error();
  if (!memory.machine_is_fresh) memory.queues.insert(entries->begin(), entries->end());
  return memory;
}

namespace {

// Whether the state folder tells of anything that was granted, in whatever form.
bool TellsOfGrants(const std::filesystem::path& state) {
  for (const auto* name : {"grants", "claims"}) {
    const auto records = ListFolder(state / name);
    if (records ? !records->empty() : records.error().code() != Code::kNotFound) return true;
  }
  return false;
}

}  // namespace

InstanceMemory LoadInstances(const std::filesystem::path& file, const std::string& boot_id) {
  const auto text = ReadFile(file, kMaxFile);
  if (!text && text.error().code() == Code::kNotFound) {
    return {.queues = {}, .machine_is_fresh = !TellsOfGrants(file.parent_path())};
  }
  auto memory = text ? ReadInstanceRecord(*text, boot_id) : Result<InstanceMemory>(text.error());
  if (memory) return *std::move(memory);
  Log(kWarning, "the instances that queues had are forgotten", {{"file", file.native()}, {"reason", memory.error().message()}});
  return {};
}

InstanceKeeper::InstanceKeeper(std::filesystem::path file, std::string boot_id)
    : file_(std::move(file)), boot_id_(std::move(boot_id)) {}

// A power loss ends the boot that the record is of, so it need not outlive one.
void InstanceKeeper::Keep(const Inventory& inventory) {
  auto queues = InstancesOf(inventory);
  if (kept_ == queues) return;
  const auto written = ReplaceFile(file_, WriteInstanceRecord(queues, boot_id_));
  failures_.Note(written);
  if (written) kept_ = std::move(queues);
}

}  // namespace nacelle

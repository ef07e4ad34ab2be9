// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_record.h"

#include <map>
#include <utility>

#include "core/json/value.h"
#include "plugin/grant/record_reader.h"

namespace nacelle {
namespace {

constexpr std::int64_t kVersion = 1;

json::Value ToJson(const DeviceNode& node) {
  return json::Object{{"path", node.path}, {"major", node.major}, {"minor", node.minor}};
}

json::Value ToJson(const SysfsLink& link) {
  return json::Object{{"directory", link.directory}, {"name", link.name}, {"target", link.target}};
}

json::Value ToJson(const std::map<std::string, std::string>& values) {
  json::Object object;
  for (const auto& [name, value] : values) object.Set(name, value);
  return object;
}

json::Value ToJson(const std::map<std::string, std::vector<std::string>>& lists) {
  json::Object object;
  for (const auto& [name, values] : lists) object.Set(name, json::Strings(values));
  return object;
}

json::Value ToJson(const GrantedQueue& queue);

template <typename T>
json::Array ToArray(const std::vector<T>& items) {
  json::Array array;
  for (const auto& item : items) array.push_back(ToJson(item));
  return array;
}

json::Value ToJson(const GrantedQueue& queue) {
  return json::Object{{"id", queue.id},
                      {"function", queue.function},
                      {"shares", queue.shares},
                      {"division", queue.division},
                      {"nodes", ToArray(queue.nodes)},
                      {"links", ToArray(queue.links)},
                      {"environment", ToJson(queue.environment)}};
}

Result<DeviceNode> ReadNode(const json::Value& value) {
  RecordReader reader(value);
  DeviceNode node{reader.String("path"), reader.Number<unsigned>("major"), reader.Number<unsigned>("minor")};
  return reader.Finish(std::move(node));
}

Result<SysfsLink> ReadLink(const json::Value& value) {
  RecordReader reader(value);
  SysfsLink link{reader.String("directory"), reader.String("name"), reader.String("target")};
  return reader.Finish(std::move(link));
}

Result<GrantedQueue> ReadQueue(const json::Value& value) {
  RecordReader reader(value);
  GrantedQueue queue{reader.String("id"), reader.String("function"), reader.Number<int>("shares"),
                     reader.Items("nodes", ReadNode), reader.Items("links", ReadLink),
                     reader.Texts("environment"),
                     // Earlier records have none: all queues were whole.
                     reader.Has("division") ? reader.Number<int>("division") : 1};
  return reader.Finish(std::move(queue));
}

}  // namespace

std::string WriteGrantRecord(const Grant& grant) {
  return json::Write(json::Object{{"version", kVersion},
                                  {"resource", grant.resource},
                                  {"devices", json::Strings(grant.devices)},
                                  {"boot_id", grant.boot_id},
                                  {"started", grant.started},
                                  {"listed", grant.listed},
                                  {"idle", grant.idle},
                                  {"cdi", grant.cdi},
                                  {"mask_sysfs", grant.mask_sysfs},
                                  {"queues", ToArray(grant.queues)},
                                  {"members", ToJson(grant.members)}}) +
         '\n';
}

Result<Grant> ReadGrantRecord(std::string_view text) {
  auto value = json::Parse(text);
  if (!value) return std::move(value).error();
  RecordReader reader(*value);
  if (reader.Number<int>("version") > kVersion) {
    return Error(Code::kConflict, "version: written by a newer Nacelle");
  }
  Grant grant;
  grant.resource = reader.String("resource");
  grant.devices = reader.Strings("devices");
  grant.queues = reader.Items("queues", ReadQueue);
  grant.boot_id = reader.String("boot_id");
  grant.started = reader.Bool("started");
  grant.listed = reader.Bool("listed");
  // Earlier records have none of these.
  if (reader.Has("idle")) grant.idle = reader.Bool("idle");
  if (reader.Has("cdi")) grant.cdi = reader.String("cdi");
  if (reader.Has("mask_sysfs")) grant.mask_sysfs = reader.Bool("mask_sysfs");
  // Earlier records have none: there were no bundles.
  if (reader.Has("members")) grant.members = reader.Lists("members");
  return reader.Finish(std::move(grant));
}

}  // namespace nacelle

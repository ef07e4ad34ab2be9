// SPDX-License-Identifier: Apache-2.0
#include "plugin/grant/grant_record.h"

#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "core/json/value.h"

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

// Collects the members of one object; the first failure stays.
class Reader {
 public:
  explicit Reader(const json::Value& value) : object_(value.AsObject()) {
    if (object_ == nullptr) Fail(Error(Code::kInvalid, "not an object"));
  }

  bool Has(std::string_view name) const { return object_ != nullptr && object_->Find(name) != nullptr; }
  std::string String(std::string_view name) { return Take(name, json::GetString); }
  std::vector<std::string> Strings(std::string_view name) { return Take(name, json::GetStrings); }
  json::Array Array(std::string_view name) { return Take(name, json::GetArray); }

  template <typename T>
  T Number(std::string_view name) {
    const std::int64_t number = Take(name, json::GetInt);
    if (number >= 0 && number <= std::numeric_limits<T>::max()) return static_cast<T>(number);
    Fail(Error(Code::kInvalid, std::string(name) + ": out of range"));
    return {};
  }

  bool Bool(std::string_view name) {
    const auto* member = object_ == nullptr ? nullptr : object_->Find(name);
    if (member != nullptr && member->AsBool() != nullptr) return *member->AsBool();
    Fail(Error(Code::kInvalid, std::string(name) + ": not a boolean"));
    return false;
  }

  // An object whose members are strings.
  std::map<std::string, std::string> Texts(std::string_view name) {
    const auto* member = object_ == nullptr ? nullptr : object_->Find(name);
    const auto* object = member == nullptr ? nullptr : member->AsObject();
    if (object == nullptr) Fail(Error(Code::kInvalid, std::string(name) + ": not an object"));
    std::map<std::string, std::string> texts;
    if (object == nullptr) return texts;
    for (const auto& [key, value] : object->members()) {
      if (value.AsString() == nullptr) Fail(Error(Code::kInvalid, std::string(name) + ": not a string"));
      else texts[key] = *value.AsString();
    }
    return texts;
  }

  template <typename T>
  std::vector<T> Items(std::string_view name, Result<T> (*read)(const json::Value&)) {
    std::vector<T> items;
    for (const auto& value : Array(name)) {
      auto item = read(value);
      if (!item) {
        Fail(std::move(item).error().In(name));
        return {};
      }
      items.push_back(std::move(*item));
    }
    return items;
  }

  template <typename T>
  Result<T> Finish(T value) {
    if (failure_) return std::move(*failure_);
    return value;
  }

 private:
  template <typename T>
  T Take(std::string_view name, Result<T> (*get)(const json::Object&, std::string_view)) {
    if (object_ == nullptr) return {};
    auto value = get(*object_, name);
    if (value) return std::move(*value);
    Fail(std::move(value).error());
    return {};
  }

  void Fail(Error error) {
    if (!failure_) failure_ = std::move(error);
  }

  const json::Object* object_;
  std::optional<Error> failure_;
};

Result<DeviceNode> ReadNode(const json::Value& value) {
  Reader reader(value);
  DeviceNode node{reader.String("path"), reader.Number<unsigned>("major"), reader.Number<unsigned>("minor")};
  return reader.Finish(std::move(node));
}

Result<SysfsLink> ReadLink(const json::Value& value) {
  Reader reader(value);
  SysfsLink link{reader.String("directory"), reader.String("name"), reader.String("target")};
  return reader.Finish(std::move(link));
}

Result<GrantedQueue> ReadQueue(const json::Value& value) {
  Reader reader(value);
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
                                  {"cdi", grant.cdi},
                                  {"mask_sysfs", grant.mask_sysfs},
                                  {"queues", ToArray(grant.queues)}}) +
         '\n';
}

Result<Grant> ReadGrantRecord(std::string_view text) {
  auto value = json::Parse(text);
  if (!value) return std::move(value).error();
  Reader reader(*value);
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
  // Earlier records have neither: there was one way only.
  if (reader.Has("cdi")) grant.cdi = reader.String("cdi");
  if (reader.Has("mask_sysfs")) grant.mask_sysfs = reader.Bool("mask_sysfs");
  return reader.Finish(std::move(grant));
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/kube/watch_event.h"

#include <utility>

#include "core/kube/api_client.h"

namespace nacelle {
namespace {

constexpr std::int64_t kGone = 410;

Error EndOf(const json::Value& status) {
  const auto* code = FindMember(status, {"code"});
  const bool gone = code != nullptr && code->AsInt() != nullptr && *code->AsInt() == kGone;
  return Error(gone ? Code::kConflict : Code::kUnavailable, "the API server ended the watch: " + TextAt(status, {"message"}));
}

}  // namespace

std::string NameOf(const json::Value& object) {
  const auto name_space = TextAt(object, {"metadata", "namespace"});
  const auto name = TextAt(object, {"metadata", "name"});
  return name_space.empty() ? name : name_space + '/' + name;
}

Result<WatchEvent> ParseWatchEvent(std::string_view line) {
  auto value = json::Parse(line);
  if (!value) return Error(Code::kUnavailable, "a watch event is no JSON: " + value.error().message());
  const auto type = TextAt(*value, {"type"});
  const auto* object = FindMember(*value, {"object"});
  if (object == nullptr) return Error(Code::kUnavailable, "a watch event of type '" + type + "' has no object");
  if (type == "ERROR") return EndOf(*object);
  WatchEvent event;
  if (type == "ADDED" || type == "MODIFIED") event.kind = WatchEvent::Kind::kChanged;
  else if (type == "DELETED") event.kind = WatchEvent::Kind::kDeleted;
  else if (type != "BOOKMARK") return Error(Code::kUnavailable, "a watch event of unknown type '" + type + "'");
  event.name = NameOf(*object);
  event.version = TextAt(*object, {"metadata", "resourceVersion"});
  const bool bookmark = event.kind == WatchEvent::Kind::kBookmark;
  if (event.version.empty() || (event.name.empty() && !bookmark)) {
    return Error(Code::kUnavailable, "a watch event whose object has no name or version");
  }
  event.object = *object;
  return event;
}

}  // namespace nacelle

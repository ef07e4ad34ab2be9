// SPDX-License-Identifier: Apache-2.0
#include "core/kube/object_watch.h"

#include <utility>

#include "core/kube/watch_event.h"

namespace nacelle {
namespace {

// Objects a page, so that no answer is very large.
constexpr const char* kPage = "100";

}  // namespace

ObjectWatch::ObjectWatch(ApiClient& client, std::string path, std::map<std::string, std::string> selection,
                         OnChange on_change, const ObjectWatchOptions& options)
    : client_(client),
      path_(std::move(path)),
      selection_(std::move(selection)),
      on_change_(std::move(on_change)),
      options_(options),
      back_off_(options.retry_first, options.retry_most) {}

Status ObjectWatch::Run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto status = Step(stop);
    if (stop.stop_requested()) break;
    Report(status);
    if (!status && options_.on_failure) options_.on_failure(status.error());
    Pause(status ? options_.watch_gap : back_off_.Next(), stop);
  }
  return {};
}

Status ObjectWatch::Step(const std::stop_token& stop) {
  if (version_.empty()) {
    if (auto status = List(stop); !status) return status;
  }
  auto status = Watch(stop);
  if (!status && status.error().code() == Code::kConflict) {
    // Too old to resume from: no failure of the server.
    version_.clear();
    return {};
  }
  return status;
}

Status ObjectWatch::List(const std::stop_token& stop) {
  Objects objects;
  ApiRequest request{"GET", path_, selection_, {}, {}};
  request.query["limit"] = kPage;
  std::string version;
  while (true) {
    const auto list = client_.Call(request, stop);
    if (!list) return list.error();
    const auto* items = FindMember(*list, {"items"});
    if (items != nullptr && items->AsArray() != nullptr) {
      for (const auto& item : *items->AsArray()) objects[NameOf(item)] = options_.keep ? options_.keep(item) : item;
    }
    version = TextAt(*list, {"metadata", "resourceVersion"});
    const auto next = TextAt(*list, {"metadata", "continue"});
    if (next.empty()) break;
    request.query["continue"] = next;
  }
  if (version.empty()) return Error(Code::kUnavailable, "GET " + path_ + ": the list has no resourceVersion");
  objects_ = std::move(objects);
  version_ = version;
  on_change_(objects_);
  // Who is told of each object keeps what it needs of it.
  if (options_.on_object) objects_.clear();
  return {};
}

Status ObjectWatch::Watch(const std::stop_token& stop) {
  ApiRequest request{"GET", path_, selection_, {}, {}};
  request.query["watch"] = "true";
  request.query["allowWatchBookmarks"] = "true";
  request.query["resourceVersion"] = version_;
  request.query["timeoutSeconds"] = std::to_string(options_.server_limit.count());
  return client_.Stream(request, [this](std::string_view line) { return Take(line); }, stop);
}

Status ObjectWatch::Take(std::string_view line) {
  auto event = ParseWatchEvent(line);
  if (!event) return std::move(event).error();
  back_off_.Reset();
  version_ = event->version;
  if (event->kind == WatchEvent::Kind::kBookmark) return {};
  const bool gone = event->kind == WatchEvent::Kind::kDeleted;
  auto kept = gone || !options_.keep ? std::move(event->object) : options_.keep(event->object);
  if (options_.on_object) {
    options_.on_object(event->name, gone ? nullptr : &kept);
    return {};
  }
  if (gone) objects_.erase(event->name);
  else objects_[event->name] = std::move(kept);
  on_change_(objects_);
  return {};
}

void ObjectWatch::Report(const Status& status) {
  if (status) back_off_.Reset();
  failures_.Note(status);
}

}  // namespace nacelle

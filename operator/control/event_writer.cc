// SPDX-License-Identifier: Apache-2.0
#include "operator/control/event_writer.h"

#include <utility>

#include "operator/control/cluster_state.h"
#include "operator/control/object_text.h"

namespace nacelle {
namespace {

// Where events about objects without a namespace are.
constexpr const char* kEvents = "/apis/events.k8s.io/v1/namespaces/default/events";

constexpr std::chrono::minutes kGap{10};

}  // namespace

EventWriter::EventWriter(ApiClient& api, WriteLog& log, std::string identity) : api_(api), log_(log), identity_(std::move(identity)) {}

void EventWriter::Write(const Regarding& regarding, const std::string& action, const Event& event, const std::string& now,
                        Time at, const std::stop_token& stop) {
  if (IsTold({regarding.uid, regarding.generation, event.reason}, at)) return;
  auto object = ObjectOf("events.k8s.io/v1", "Event", {{"generateName", regarding.name + "-"}, {"namespace", "default"}});
  object.Set("eventTime", now.substr(0, now.find('Z')) + ".000000Z");
  object.Set("reportingController", "nacelle.dev/operator");
  object.Set("reportingInstance", identity_);
  object.Set("action", action);
  object.Set("reason", event.reason);
  object.Set("note", event.note);
  object.Set("type", event.warning ? "Warning" : "Normal");
  object.Set("regarding", json::Object{{"apiVersion", regarding.api_version}, {"kind", regarding.kind}, {"name", regarding.name}, {"uid", regarding.uid}});
  const ApiRequest request{"POST", kEvents, {{"fieldManager", std::string(kOperatorName)}}, json::Write(object), "application/json"};
  (void)log_.Note("Event", regarding.name, StatusOf(api_.Call(request, stop)));
}

bool EventWriter::IsTold(Said said, Time at) {
  std::erase_if(told_, [&](const auto& entry) { return at - entry.second > kGap; });
  return !told_.try_emplace(std::move(said), at).second;
}

}  // namespace nacelle

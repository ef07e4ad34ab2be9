// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <stop_token>
#include <string>

#include "core/json/value.h"
#include "core/kube/api_client.h"
#include "operator/control/write_log.h"
#include "operator/plan/event.h"

namespace nacelle {

// What an event is about: an object that is in no namespace.
struct Regarding {
  std::string api_version;
  std::string kind;
  std::string name;
  std::string uid;
};

// Writes events (events.k8s.io/v1). One thread.
class EventWriter {
 public:
  // `identity` is this replica's.
  EventWriter(ApiClient& api, WriteLog& log, std::string identity);

  // Once, whether it arrives or not: what it says is in the object's status, too.
  // `now` is RFC 3339.
  void Write(const Regarding& regarding, const std::string& action, const Event& event, const std::string& now, const std::stop_token& stop);

 private:
  ApiClient& api_;
  WriteLog& log_;
  const std::string identity_;
};

}  // namespace nacelle

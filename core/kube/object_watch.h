// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>

#include "core/base/failure_log.h"
#include "core/kube/api_client.h"
#include "core/kube/back_off.h"

namespace nacelle {

struct ObjectWatchOptions {
  // Between two attempts that fail.
  std::chrono::milliseconds retry_first{500};
  std::chrono::milliseconds retry_most{30'000};
  // Least time between two watches, also when the server ends them at once.
  std::chrono::milliseconds watch_gap{500};
  std::chrono::seconds server_limit{300};  // how long one watch is to last
  // What is kept of each object; absent: all of it.
  std::function<json::Value(const json::Value&)> keep = nullptr;
  // Called on the running thread for each change after a list, instead of
  // OnChange: the object's name, and the object, or null when it is gone. Then the
  // objects are not kept here.
  std::function<void(const std::string&, const json::Value*)> on_object = nullptr;
  // Called on the running thread after each attempt that fails.
  std::function<void(const Error&)> on_failure = nullptr;
};

// The objects of one collection, kept up to date: lists them, then watches
// from there; resumes where a watch ended, and lists anew when the server no
// longer knows that moment.
class ObjectWatch {
 public:
  using Objects = std::map<std::string, json::Value>;  // by NameOf
  // Called on the running thread after each list and each change.
  using OnChange = std::function<void(const Objects&)>;

  // `path` is the collection's; `selection` its query ("fieldSelector").
  ObjectWatch(ApiClient& client, std::string path, std::map<std::string, std::string> selection, OnChange on_change,
              const ObjectWatchOptions& options = {});

  // Until `stop`. A server that cannot be reached is asked again later.
  Status Run(const std::stop_token& stop);

 private:
  Status Step(const std::stop_token& stop);
  Status List(const std::stop_token& stop);
  Status Watch(const std::stop_token& stop);
  Status Take(std::string_view line);
  void Report(const Status& status);

  ApiClient& client_;
  const std::string path_;
  const std::map<std::string, std::string> selection_;
  const OnChange on_change_;
  const ObjectWatchOptions options_;
  BackOff back_off_;
  Objects objects_;
  std::string version_;  // empty: to be listed
  FailureLog failures_{"the API server cannot be watched"};
};

}  // namespace nacelle

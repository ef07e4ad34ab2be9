// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle {

// What is asked of the API server.
struct ApiRequest {
  std::string method = "GET";
  std::string path;  // "/api/v1/nodes/n1", each part already escaped
  std::map<std::string, std::string> query;
  std::string body;  // with a content type, else there is none
  std::string content_type;
  // The longest that a call may take; 0: as long as any.
  std::chrono::milliseconds limit{0};
  // Of the object that is answered, only its metadata, where the server can leave out the
  // rest (meta/v1 PartialObjectMetadata).
  bool metadata_only = false;
};

// The Kubernetes API server. Any thread. Failures have the code that tells what
// to do: kInvalid (400, 422), kDenied (401, 403), kNotFound (404), kConflict
// (409, and 410: list anew), kUnavailable (the rest: try again later).
class ApiClient {
 public:
  virtual ~ApiClient() = default;

  // One request and its answer. Waits for a bounded time or until `stop`; a
  // server that is busy (429) is asked again within that time.
  virtual Result<json::Value> Call(const ApiRequest& request, const std::stop_token& stop) = 0;

  // A request whose answer goes on: `take` is given each line as it comes.
  // Success when the server has ended it; else the first failure of `take`.
  using TakeLine = std::function<Status(std::string_view)>;
  virtual Status Stream(const ApiRequest& request, const TakeLine& take, const std::stop_token& stop) = 0;
};

// A part of a path, with what a URL cannot have escaped.
std::string EscapePathPart(std::string_view part);

// As whom fields are applied.
struct ApplyAs {
  std::string manager = "nacelle-agent";  // who owns them, in the API server's books
  bool force = true;  // also fields that somebody else claims; else these are kConflict
  bool dry_run = false;  // only says what would be
  bool metadata_only = false;  // see ApiRequest
};

// Server-side apply: creates the object at `path` or changes what is ours in
// it. Returns the object as it is then. `object` is not kept while the server works.
Result<json::Value> Apply(ApiClient& client, const std::string& path, json::Value object, const std::stop_token& stop,
                          const ApplyAs& as = {});

// Absent is success.
Status Delete(ApiClient& client, const std::string& path, const std::stop_token& stop);

// The member that `names` lead to, an object in an object; nullptr when it is absent.
const json::Value* FindMember(const json::Value& value, std::initializer_list<std::string_view> names);
// Its text; empty when it is absent or no string.
std::string TextAt(const json::Value& value, std::initializer_list<std::string_view> names);

}  // namespace nacelle

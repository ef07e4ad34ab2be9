// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <list>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "core/base/unique_fd.h"
#include "core/json/value.h"
#include "tests/support/http_connection.h"

namespace nacelle {

// What the contract API server does wrong, on demand.
struct ApiFaults {
  bool never_answer = false;                 // takes the request, and is silent
  std::chrono::milliseconds delay{0};        // before each answer
  std::deque<int> statuses;                  // for the next requests, one each; 0: as usual
  std::string headers;                       // with those, "Retry-After: 0\r\n"
  std::string garbage;                       // the body of every answer
  bool end_watches = false;                  // each as soon as it began
  bool cut_watches = false;                  // each after its first event, as if the server had died
  bool forget_versions = false;              // every watch is answered by 410
  std::string refuse_path;                   // a part of the paths that are refused
  int refuse_with = 403;
  std::string drop;                          // a member of specs and of slices' devices that it does not know
};

// An API server as far as a client can tell: GET, LIST, WATCH, apply, DELETE
// of any objects, with resource versions, on a port of 127.0.0.1. Any thread.
class ContractApiServer {
 public:
  ContractApiServer();
  ~ContractApiServer();
  ContractApiServer(const ContractApiServer&) = delete;
  ContractApiServer& operator=(const ContractApiServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

  // Ends all connections; what it stores stays.
  void Stop();
  void Start();

  void SetFaults(const ApiFaults& faults);
  // Puts an object at `path`, as somebody else than the client; gives it a
  // version, and a uid unless it has one.
  void Put(const std::string& path, const json::Value& object);
  void Remove(const std::string& path);
  // Null when there is none.
  json::Value Object(const std::string& path) const;
  std::map<std::string, json::Value> ObjectsBelow(const std::string& prefix) const;

  struct Request {
    std::string method;
    std::string path;
    std::string query;
    std::string headers;
  };
  std::vector<Request> requests() const;
  std::size_t Count(const std::string& method) const;
  bool Wait(const std::function<bool()>& condition, std::chrono::milliseconds limit = std::chrono::seconds(10)) const;

 private:
  struct Event {
    std::int64_t version;
    std::string path;
    std::string type;
    json::Value object;
  };
  struct Served {
    std::jthread thread;
    UniqueFd socket;
  };

  void Accept(const std::stop_token& stop);
  void Serve(int socket);
  bool Answer(HttpConnection& connection, const HttpRequest& request);
  bool Misbehave(HttpConnection& connection, const HttpRequest& request);
  bool Watch(HttpConnection& connection, const HttpRequest& request);
  bool List(HttpConnection& connection, const HttpRequest& request);
  static bool ReplyApplied(HttpConnection& connection, const HttpRequest& request, const json::Value& object);
  bool ApplyObject(HttpConnection& connection, const HttpRequest& request);
  json::Object WithoutDropped(const std::string& path, const json::Object& present, const json::Object& given);
  void DropUnknown(json::Object& object);
  json::Value Store(const std::string& path, json::Object object);
  static bool Fail(HttpConnection& connection, int status, const std::string& message, const std::string& headers = {});

  std::uint16_t port_ = 0;
  UniqueFd listener_;
  std::jthread acceptor_;
  std::mutex applying_;  // taken before mutex_
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  // All below guarded by mutex_.
  bool stopped_ = true;
  std::list<Served> served_;
  ApiFaults faults_;
  std::map<std::string, json::Value> objects_;  // by path
  std::map<std::string, std::set<std::string>> applied_;  // members of a status, by path; all are of one manager
  std::vector<Event> events_;
  std::int64_t version_ = 100;
  std::vector<Request> requests_;
};

}  // namespace nacelle

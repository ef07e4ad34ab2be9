// SPDX-License-Identifier: Apache-2.0
#include "tests/support/contract_api_server.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "tests/support/contract_slices.h"

namespace nacelle {
namespace {

// Silence is looked at that often: an end of the server, a new event.
constexpr std::chrono::milliseconds kLook{20};

std::string Parameter(const std::string& query, const std::string& name) {
  const auto at = ('&' + query).find('&' + name + '=');
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 1;
  return query.substr(begin, query.find('&', begin) - begin);
}

// "/apis/g/v1/things/a" is an object, "/apis/g/v1/things" a collection: what
// is stored tells, and a collection never is.
bool IsIn(const std::string& path, const std::string& collection) {
  return path.size() > collection.size() && path.starts_with(collection) && path[collection.size()] == '/';
}

// What a list says once for all of its items, they do not say again.
json::Value WithoutType(const json::Value& object) {
  json::Object out;
  for (const auto& [name, value] : object.AsObject()->members()) {
    if (name != "apiVersion" && name != "kind") out.Set(name, value);
  }
  return out;
}

// As the API server says it: resourceclaims "c" not found.
std::string NotFound(const std::string& path) {
  const auto slash = path.rfind('/');
  const auto before = path.rfind('/', slash - 1) + 1;
  return path.substr(before, slash - before) + " \"" + path.substr(slash + 1) + "\" not found";
}

json::Object AsObject(const json::Value& value) { return value.AsObject() == nullptr ? json::Object() : *value.AsObject(); }

}  // namespace

ContractApiServer::ContractApiServer() { Start(); }
ContractApiServer::~ContractApiServer() { Stop(); }

void ContractApiServer::Start() {
  listener_ = UniqueFd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const int on = 1;
  setsockopt(listener_.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  if (bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 || listen(listener_.get(), 64) != 0) abort();
  getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  {
    const std::lock_guard lock(mutex_);
    stopped_ = false;
  }
  acceptor_ = std::jthread([this](const std::stop_token& stop) { Accept(stop); });
}

void ContractApiServer::Stop() {
  std::list<Served> served;
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
  }
  changed_.notify_all();
  acceptor_.request_stop();
  if (listener_) shutdown(listener_.get(), SHUT_RDWR);
  if (acceptor_.joinable()) acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    served = std::move(served_);
    served_.clear();
  }
  for (auto& one : served) shutdown(one.socket.get(), SHUT_RDWR);
  for (auto& one : served) one.thread.join();
  listener_ = {};
}

void ContractApiServer::Accept(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    UniqueFd socket(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!socket) continue;
    const int on = 1;
    setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    const std::lock_guard lock(mutex_);
    auto& one = served_.emplace_back();
    one.socket = std::move(socket);
    one.thread = std::jthread([this, fd = one.socket.get()] { Serve(fd); });
  }
}

void ContractApiServer::Serve(int socket) {
  HttpConnection connection(socket);
  while (const auto request = connection.Read()) {
    if (!Answer(connection, *request)) break;
  }
  shutdown(socket, SHUT_RDWR);
}

// False ends the connection; what is wrong is answered.
bool ContractApiServer::Misbehave(HttpConnection& connection, const HttpRequest& request) {
  std::unique_lock lock(mutex_);
  // With its fault, so that a test that has seen the request changes only later ones.
  requests_.push_back({request.method, request.path, request.query, request.headers});
  changed_.notify_all();
  const auto faults = faults_;
  int status = 0;
  if (!faults_.statuses.empty()) {
    status = faults_.statuses.front();
    faults_.statuses.pop_front();
  }
  if (faults.never_answer) changed_.wait(lock, [this] { return stopped_ || !faults_.never_answer; });
  if (faults.delay.count() > 0) changed_.wait_for(lock, faults.delay, [this] { return stopped_; });
  lock.unlock();
  if (status != 0) return Fail(connection, status, "as the test wants it", faults.headers), true;
  if (!faults.garbage.empty()) return connection.Reply(200, faults.garbage), true;
  const bool refused = !faults.refuse_path.empty() && request.path.find(faults.refuse_path) != std::string::npos;
  return refused && (Fail(connection, faults.refuse_with, "refused: " + request.path), true);
}

bool ContractApiServer::Answer(HttpConnection& connection, const HttpRequest& request) {
  if (Misbehave(connection, request)) return true;
  if (request.Has("watch=true")) return Watch(connection, request);
  if (request.method == "PATCH") return ApplyObject(connection, request);
  if (request.method == "DELETE") {
    if (Object(request.path).is_null()) return Fail(connection, 404, NotFound(request.path));
    Remove(request.path);
    return connection.Reply(200, R"({"kind":"Status","status":"Success"})");
  }
  const auto object = Object(request.path);
  if (!object.is_null()) return connection.Reply(200, json::Write(object));
  // A path of an odd number of parts after the version is a collection.
  const auto name = request.path.substr(request.path.rfind('/') + 1);
  return name.ends_with('s') && name.find_first_of(".-0123456789") == std::string::npos
             ? List(connection, request)
             : Fail(connection, 404, NotFound(request.path));
}

bool ContractApiServer::Fail(HttpConnection& connection, int status, const std::string& message, const std::string& headers) {
  return connection.Reply(status, json::Write(json::Object{{"kind", "Status"}, {"message", message}, {"code", status}}), headers);
}

bool ContractApiServer::List(HttpConnection& connection, const HttpRequest& request) {
  json::Array items;
  std::int64_t version = 0;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [path, object] : objects_) {
      if (IsIn(path, request.path)) items.push_back(WithoutType(object));
    }
    version = version_;
  }
  return connection.Reply(200, json::Write(json::Object{{"kind", "List"},
                                                        {"metadata", json::Object{{"resourceVersion", std::to_string(version)}}},
                                                        {"items", std::move(items)}}));
}

bool ContractApiServer::Watch(HttpConnection& connection, const HttpRequest& request) {
  auto seen = std::atoll(Parameter(request.query, "resourceVersion").c_str());
  if (!connection.BeginChunks()) return false;
  while (true) {
    std::vector<Event> due;
    {
      std::unique_lock lock(mutex_);
      if (faults_.forget_versions) {
        lock.unlock();
        const json::Object gone{{"kind", "Status"}, {"message", "too old resource version"}, {"code", 410}};
        (void)connection.Chunk(json::Write(json::Object{{"type", "ERROR"}, {"object", gone}}) + '\n');
        return connection.EndChunks();
      }
      std::copy_if(events_.begin(), events_.end(), std::back_inserter(due),
                   [&](const Event& event) { return event.version > seen && IsIn(event.path, request.path); });
      if (due.empty() && (stopped_ || faults_.end_watches)) break;
      if (due.empty()) changed_.wait_for(lock, kLook);
    }
    for (const auto& event : due) {
      seen = event.version;
      if (!connection.Chunk(json::Write(json::Object{{"type", event.type}, {"object", event.object}}) + '\n')) return false;
      const std::lock_guard lock(mutex_);
      if (faults_.cut_watches) return false;
    }
  }
  return connection.EndChunks();
}

// Of a status, what was applied before and is not given any more goes.
json::Object ContractApiServer::WithoutDropped(const std::string& path, const json::Object& present, const json::Object& given) {
  json::Object kept;
  const std::lock_guard lock(mutex_);
  auto& applied = applied_[path];
  for (const auto& [name, value] : present.members()) {
    if (!applied.contains(name) || given.Find(name) != nullptr) kept.Set(name, value);
  }
  applied.clear();
  for (const auto& [name, value] : given.members()) applied.insert(name);
  return kept;
}

// What is applied is answered as it is then, or its metadata alone.
bool ContractApiServer::ReplyApplied(HttpConnection& connection, const HttpRequest& request, const json::Value& object) {
  const bool all = request.headers.find("as=PartialObjectMetadata") == std::string::npos;
  if (all) return connection.Reply(200, json::Write(object));
  return connection.Reply(200, json::Write(json::Object{{"kind", "PartialObjectMetadata"},
                                                        {"apiVersion", "meta.k8s.io/v1"},
                                                        {"metadata", *object.AsObject()->Find("metadata")}}));
}

bool ContractApiServer::ApplyObject(HttpConnection& connection, const HttpRequest& request) {
  const auto body = json::Parse(request.body);
  if (!body || body->AsObject() == nullptr) return Fail(connection, 400, "the body is no object");
  auto path = request.path;
  const bool status = path.ends_with("/status");
  if (status) path.resize(path.size() - std::string_view("/status").size());
  if (path.find("/resourceslices/") != std::string::npos) {
    if (const auto refusal = RefusalOfSlice(*body); !refusal.empty()) return Fail(connection, 422, refusal);
  }
  // Nothing is put between what is read here and what is stored.
  const std::lock_guard applying(applying_);
  const auto known = Object(path);
  if (status && known.is_null()) return Fail(connection, 404, NotFound(path));
  auto merged = AsObject(known);
  for (const auto& [name, value] : body->AsObject()->members()) {
    if (name == "metadata" || (name == "status") != status) continue;
    // Of a status, others own other members.
    const auto* present = status ? merged.Find(name) : nullptr;
    const auto given = AsObject(value);
    auto members = present == nullptr ? json::Object() : WithoutDropped(path, AsObject(*present), given);
    for (const auto& [member, content] : given.members()) members.Set(member, content);
    merged.Set(name, status ? json::Value(members) : value);
  }
  auto metadata = known.is_null() ? json::Object() : AsObject(*AsObject(known).Find("metadata"));
  if (const auto* given = body->AsObject()->Find("metadata"); given != nullptr && !status) {
    const auto members = AsObject(*given);
    for (const auto& [name, value] : members.members()) metadata.Set(name, value);
  }
  merged.Set("metadata", metadata);
  DropUnknown(merged);
  if (request.Has("dryRun=All")) return ReplyApplied(connection, request, merged);
  if (!known.is_null() && json::Write(merged) == json::Write(known)) return ReplyApplied(connection, request, known);
  return ReplyApplied(connection, request, Store(path, std::move(merged)));
}

json::Object Without(const json::Object& object, const std::string& dropped) {
  json::Object kept;
  for (const auto& [name, value] : object.members()) {
    if (name != dropped) kept.Set(name, value);
  }
  return kept;
}

// Of a spec, and of each device of a slice.
void ContractApiServer::DropUnknown(json::Object& object) {
  const std::lock_guard lock(mutex_);
  const auto* spec = object.Find("spec");
  if (faults_.drop.empty() || spec == nullptr || spec->AsObject() == nullptr) return;
  auto changed = Without(*spec->AsObject(), faults_.drop);
  if (const auto* devices = changed.Find("devices"); devices != nullptr) {
    json::Array kept;
    for (const auto& device : *devices->AsArray()) kept.emplace_back(Without(*device.AsObject(), faults_.drop));
    changed.Set("devices", std::move(kept));
  }
  object.Set("spec", std::move(changed));
}

json::Value ContractApiServer::Store(const std::string& path, json::Object object) {
  const std::lock_guard lock(mutex_);
  const auto* given = object.Find("metadata");
  auto metadata = given == nullptr ? json::Object() : AsObject(*given);
  ++version_;
  metadata.Set("resourceVersion", std::to_string(version_));
  if (metadata.Find("uid") == nullptr) metadata.Set("uid", "uid-" + std::to_string(version_));
  if (metadata.Find("name") == nullptr) metadata.Set("name", path.substr(path.rfind('/') + 1));
  object.Set("metadata", metadata);
  const bool known = objects_.contains(path);
  objects_[path] = object;
  events_.push_back({version_, path, known ? "MODIFIED" : "ADDED", object});
  changed_.notify_all();
  return object;
}

void ContractApiServer::SetFaults(const ApiFaults& faults) {
  const std::lock_guard lock(mutex_);
  faults_ = faults;
  changed_.notify_all();
}

void ContractApiServer::Put(const std::string& path, const json::Value& object) {
  const std::lock_guard applying(applying_);
  (void)Store(path, AsObject(object));
}

void ContractApiServer::Remove(const std::string& path) {
  const std::lock_guard applying(applying_);  // else what is applied now would bring it back
  const std::lock_guard lock(mutex_);
  const auto it = objects_.find(path);
  if (it == objects_.end()) return;
  auto object = AsObject(it->second);
  objects_.erase(it);
  auto metadata = AsObject(*object.Find("metadata"));
  metadata.Set("resourceVersion", std::to_string(++version_));
  object.Set("metadata", metadata);
  events_.push_back({version_, path, "DELETED", object});
  changed_.notify_all();
}

json::Value ContractApiServer::Object(const std::string& path) const {
  const std::lock_guard lock(mutex_);
  const auto it = objects_.find(path);
  return it == objects_.end() ? json::Value() : it->second;
}

std::map<std::string, json::Value> ContractApiServer::ObjectsBelow(const std::string& prefix) const {
  const std::lock_guard lock(mutex_);
  std::map<std::string, json::Value> found;
  for (const auto& [path, object] : objects_) {
    if (path.starts_with(prefix)) found.emplace(path, object);
  }
  return found;
}

std::vector<ContractApiServer::Request> ContractApiServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

std::size_t ContractApiServer::Count(const std::string& method) const {
  const std::lock_guard lock(mutex_);
  return static_cast<std::size_t>(std::count_if(requests_.begin(), requests_.end(),
                                                [&](const Request& request) { return request.method == method; }));
}

bool ContractApiServer::Wait(const std::function<bool()>& condition, std::chrono::milliseconds limit) const {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  while (!condition()) {
    std::unique_lock lock(mutex_);
    if (std::chrono::steady_clock::now() >= deadline) return false;
    changed_.wait_for(lock, kLook);
  }
  return true;
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/kube/api_client.h"

#include <array>

namespace nacelle {
namespace {

bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::string EscapePathPart(std::string_view part) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : part) {
    if (IsUnreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += {'%', kHex[byte >> 4], kHex[byte & 15]};
  }
  return out;
}

Result<json::Value> Apply(ApiClient& client, const std::string& path, json::Value object, const std::stop_token& stop,
                          const ApplyAs& as) {
  ApiRequest request{"PATCH", path, {{"fieldManager", as.manager}, {"force", as.force ? "true" : "false"}}, json::Write(object),
                     // JSON is YAML.
                     "application/apply-patch+yaml"};
  object = {};
  request.metadata_only = as.metadata_only;
  if (as.dry_run) request.query["dryRun"] = "All";
  return client.Call(request, stop);
}

Status Delete(ApiClient& client, const std::string& path, const std::stop_token& stop) {
  auto deleted = client.Call({"DELETE", path, {}, {}, {}}, stop);
  if (deleted || deleted.error().code() == Code::kNotFound) return {};
  return std::move(deleted).error();
}

const json::Value* FindMember(const json::Value& value, std::initializer_list<std::string_view> names) {
  const auto* at = &value;
  for (const auto name : names) {
    const auto* object = at->AsObject();
    at = object == nullptr ? nullptr : object->Find(name);
    if (at == nullptr) return nullptr;
  }
  return at;
}

std::string TextAt(const json::Value& value, std::initializer_list<std::string_view> names) {
  const auto* member = FindMember(value, names);
  return member == nullptr || member->AsString() == nullptr ? std::string() : *member->AsString();
}

}  // namespace nacelle

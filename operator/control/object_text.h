// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/json/value.h"
#include "core/kube/api_client.h"

namespace nacelle {

inline json::Object ObjectOf(std::string_view version, std::string_view kind, json::Object metadata) {
  return {{"apiVersion", version}, {"kind", kind}, {"metadata", std::move(metadata)}};
}

inline std::string PathOf(std::string_view collection, const std::string& name) {
  return std::string(collection) + '/' + EscapePathPart(name);
}

inline Status StatusOf(const Result<json::Value>& result) { return result ? Status() : Status(result.error()); }

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/result.h"
#include "core/json/value.h"

namespace nacelle::kubectl {

// kubectl as a child process, so that every way of logging in works that it
// knows. It is found on the PATH.
class Kubectl {
 public:
  // `common` goes before each call: --context, --kubeconfig and the like.
  explicit Kubectl(std::vector<std::string> common, std::string program = "kubectl")
      : program_(std::move(program)), common_(std::move(common)) {}

  // What kubectl prints. An error has its complaint, on one line: kUnavailable
  // when there is no kubectl, kNotFound when the API server has no such kind of
  // object or no such object, kDenied when it forbids the call.
  Result<std::string> Run(const std::vector<std::string>& words) const;

  // `get WORDS -o json`, parsed.
  Result<json::Value> Get(std::vector<std::string> words) const;

 private:
  std::string program_;
  std::vector<std::string> common_;
};

// The items of a list object, which it keeps; kInvalid when it is none.
Result<const json::Array*> ItemsOf(const json::Value& list);

}  // namespace nacelle::kubectl

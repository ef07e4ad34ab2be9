// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
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

  // The same, handed out as it arrives. What `take` returns in error ends it.
  Status Stream(const std::vector<std::string>& words, const std::function<Status(std::string_view)>& take) const;

  // `get WORDS -o json`, parsed.
  Result<json::Value> Get(std::vector<std::string> words) const;

  // Each object of a list, by the path of its kind in the API server
  // (/apis/GROUP/VERSION/PLURAL), some thousands a call and as the server sends them:
  // kubectl reads and writes a list anew before it prints it, which takes it longer
  // than all that we do.
  Status ForEach(const std::string& path, const std::function<Status(const json::Value&)>& take) const;

 private:
  std::string program_;
  std::vector<std::string> common_;
};

// The items of a list object, which it keeps; kInvalid when it is none.
Result<const json::Array*> ItemsOf(const json::Value& list);

}  // namespace nacelle::kubectl

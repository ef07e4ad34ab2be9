// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.h"
#include "core/model/function.h"

namespace nacelle {

// A machine's /sys and /dev under a prefix: "" for this machine, "/host" in
// the agent's container, a folder for a recorded machine. All paths that go in
// and come out are the machine's own, without the prefix, and absolute.
class HostRoot {
 public:
  // What one sysfs attribute may hold; larger ones are kInvalid.
  static constexpr std::size_t kMaxAttribute = 64 * 1024;

  explicit HostRoot(std::filesystem::path prefix = {});

  // The attribute without trailing white space. Errors name `path`.
  Result<std::string> Read(const std::string& path) const;
  // As Read, but an absent file is an empty optional, not an error.
  Result<std::optional<std::string>> ReadOptional(const std::string& path) const;
  // A decimal or 0x-number; kInvalid when the attribute holds anything else.
  Result<std::optional<long long>> ReadNumber(const std::string& path) const;
  // Names in a folder, sorted.
  Result<std::vector<std::string>> List(const std::string& path) const;
  // The target of a link as it is written.
  Result<std::string> ReadLink(const std::string& path) const;
  // `path` with every link followed inside the prefix ("/sys/devices/…").
  Result<std::string> Resolve(const std::string& path) const;
  bool Exists(const std::string& path) const;
  // The device numbers of a node; kNotFound when absent, kConflict when it is
  // no character device. In a recorded machine a plain file "c MAJOR:MINOR"
  // stands for the node, so that reading one needs no privilege.
  Result<DeviceNode> Node(const std::string& path) const;

  // Where `path` lies in our own file system.
  std::filesystem::path Locate(const std::string& path) const;
  const std::filesystem::path& prefix() const { return prefix_; }

 private:
  std::filesystem::path prefix_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/host/machine_tree.h"
#include "core/base/result.h"
#include "core/base/unique_fd.h"
#include "core/model/function.h"

namespace nacelle {

// A machine's /sys and /dev under a prefix: "" for this machine, "/host" in
// the agent's container, a folder for a recorded machine. All paths that go in
// and come out are the machine's own, without the prefix, and absolute. Where the
// prefix has this machine's own /sys (a mount of sysfs), /proc is read where the
// process has it: what is read there is the same in every container.
class HostRoot {
 public:
  // What one sysfs attribute may hold; larger ones are kInvalid.
  static constexpr std::size_t kMaxAttribute = 64 * 1024;

  // With `seen`, notes there all that is read: the machine as far as this
  // object looked at it. Reading is then for one thread.
  explicit HostRoot(std::filesystem::path prefix = {}, MachineTree* seen = nullptr);

  // The attribute without trailing white space; kInvalid when it is no text, or
  // no regular file. Never waits. Errors name `path`.
  Result<std::string> Read(const std::string& path) const;
  // As Read, but an absent file is an empty optional, not an error.
  Result<std::optional<std::string>> ReadOptional(const std::string& path) const;
  // `size` bytes of a binary attribute from `offset` on, fewer at its end. Of a
  // recorded attribute, what nobody read is zero.
  Result<std::string> ReadBytes(const std::string& path, std::size_t offset, std::size_t size) const;
  // A decimal or 0x-number; kInvalid when the attribute holds anything else.
  Result<std::optional<long long>> ReadNumber(const std::string& path) const;
  // Names in a folder, sorted.
  Result<std::vector<std::string>> List(const std::string& path) const;
  // The target of a link as it is written.
  Result<std::string> ReadLink(const std::string& path) const;
  // `path` with every link followed inside the prefix ("/sys/devices/…").
  Result<std::string> Resolve(const std::string& path) const;
  // What the link at `path` leads to, where only its last component is a link and
  // the target passes through none, as in sysfs: cheaper than Resolve.
  Result<std::string> FollowLink(const std::string& path) const;
  // Also true for a link that leads nowhere.
  bool Exists(const std::string& path) const;
  // The device numbers of a node; kNotFound when absent, kConflict when it is
  // no character device. In a recorded machine a plain file "c MAJOR:MINOR"
  // stands for the node, so that reading one needs no privilege.
  Result<DeviceNode> Node(const std::string& path) const;

  // Where `path` lies in our own file system.
  std::filesystem::path Locate(const std::string& path) const;
  const std::filesystem::path& prefix() const { return prefix_; }

 private:
  struct OpenFile {
    UniqueFd fd;
    bool states_size;  // in its status
  };

  std::string At(const std::string& path) const;
  // Absent where nothing is at `path`.
  Result<std::optional<OpenFile>> OpenIfThere(const std::string& path) const;
  Result<std::string> ReadText(const std::string& path, const OpenFile& file) const;
  // The errno of a failed look at `path`, or the recorded one in its place; absent
  // where nothing is there.
  std::optional<int> FailureOf(const std::string& path, int number) const;
  Error Failure(const std::string& path, int number) const;
  void Note(const std::string& path, MachineEntry::Kind kind, std::string text) const;
  void NoteBytes(const std::string& path, std::size_t offset, const std::string& bytes) const;

  std::filesystem::path prefix_;
  bool is_this_machine_;
  MachineTree* seen_;
};

}  // namespace nacelle

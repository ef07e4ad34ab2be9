// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <set>
#include <string>
#include <string_view>

#include "core/base/result.h"

namespace nacelle {

// Where runtimes look for specs that do not outlive a boot, and for those that do.
inline constexpr std::string_view kTransientCdiFolder = "/var/run/cdi";
inline constexpr std::string_view kStaticCdiFolder = "/etc/cdi";

// The CDI specs of one class of ours ("claim") in a folder that others use too:
// files "nacelle.dev-<class>-<name>.json". Any thread, each name by one at a time.
class CdiFolder {
 public:
  CdiFolder(std::filesystem::path folder, std::string_view device_class);

  // "nacelle.dev/<class>".
  const std::string& kind() const { return kind_; }
  // The file of a spec; `name` without a slash.
  std::filesystem::path PathOf(const std::string& name) const;

  // Runtimes see the old or the new spec, never a part. Makes the folder when
  // it is missing; leaves a file alone that is so already.
  Status Write(const std::string& name, std::string_view spec) const;
  // Absent is success.
  Status Remove(const std::string& name) const;
  // Removes what has a name that is not in `names`, and what was never whole.
  Status RemoveOthers(const std::set<std::string>& names) const;

 private:
  const std::filesystem::path folder_;
  const std::string kind_;
  const std::string prefix_;  // of file names
};

}  // namespace nacelle

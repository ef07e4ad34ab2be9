// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "agent/host/host_root.h"
#include "core/base/result.h"

namespace nacelle {

// The machine that --root names: none for this one, a folder with its /sys and
// /dev, or a text that `record` wrote. A text lies unpacked in a private folder
// as long as the object lives.
class MachineRoot {
 public:
  static Result<MachineRoot> Open(const std::filesystem::path& root);

  const std::filesystem::path& prefix() const { return prefix_; }

 private:
  // Removes the folder when the last copy goes.
  struct Unpacked;

  std::filesystem::path prefix_;
  std::shared_ptr<const Unpacked> unpacked_;
};

// Writes the machine that the text `file` records into `folder`, in the form
// that --root reads. The folder is made when it is missing; kConflict when there
// is something in it.
Status UnpackRecord(const std::filesystem::path& file, const std::filesystem::path& folder);

}  // namespace nacelle

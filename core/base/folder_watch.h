// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "core/base/unique_fd.h"

namespace nacelle {

// What a FolderWatch tells of.
enum class FolderChange {
  kContents,  // a file was written, replaced or removed, a link was changed
  kNewNames,  // a file, socket or folder was made, or moved there
};

// Says when to look at a folder again. It says so once for many changes, and for
// files of no interest too; what is there decides the caller. For one thread.
class FolderWatch {
 public:
  explicit FolderWatch(std::filesystem::path folder, FolderChange change = FolderChange::kContents);

  // Readable when it is time to look; -1 when inotify has no watch left or the
  // folder is not there: then look from time to time.
  int fd() const { return watching_ ? inotify_.get() : -1; }

  // Call before each look: forgets the changes so far, and watches a folder
  // that was not there before or was replaced.
  void Rearm();

 private:
  void Drain();
  void TellOnce(int number);

  const std::filesystem::path folder_;
  const FolderChange change_;
  UniqueFd inotify_;
  bool watching_ = false;
  bool told_ = false;  // that there is no watch
};

}  // namespace nacelle

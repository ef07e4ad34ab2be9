// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <functional>
#include <optional>

namespace nacelle {

// A child process that does some work one system call at a time (ptrace(2)), and
// is killed with its object: what a file system shows then is what a SIGKILL at
// that moment leaves.
class TracedChild {
 public:
  // `work` returns whether it went well. The calling process has one thread.
  explicit TracedChild(const std::function<bool()>& work);
  ~TracedChild();
  TracedChild(const TracedChild&) = delete;
  TracedChild& operator=(const TracedChild&) = delete;

  // Goes on until the next system call is about to be made, and returns its
  // number; absent when the work has ended.
  std::optional<long> Next();

  // Whether the work has ended, and well.
  bool succeeded() const { return succeeded_; }

 private:
  // False when the child has ended.
  bool GoOn();

  pid_t pid_ = -1;
  bool succeeded_ = false;
};

// Whether this process may trace its children: a sandbox may not let it.
bool CanTrace();

}  // namespace nacelle

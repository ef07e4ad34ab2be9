// SPDX-License-Identifier: Apache-2.0
#include "tests/support/traced_child.h"

#include <signal.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace nacelle {
namespace {

constexpr int kMayNotTrace = 77;

}  // namespace

TracedChild::TracedChild(const std::function<bool()>& work) : pid_(fork()) {
  if (pid_ < 0) abort();
  if (pid_ == 0) {
    if (ptrace(PTRACE_TRACEME, 0, nullptr, nullptr) != 0) _exit(kMayNotTrace);
    raise(SIGSTOP);
    _exit(work() ? EXIT_SUCCESS : EXIT_FAILURE);
  }
  int state = 0;
  if (waitpid(pid_, &state, 0) != pid_ || !WIFSTOPPED(state)) pid_ = -1;
  else ptrace(PTRACE_SETOPTIONS, pid_, nullptr, PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
}

TracedChild::~TracedChild() {
  if (pid_ < 0) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool TracedChild::GoOn() {
  int state = 0;
  if (pid_ < 0 || ptrace(PTRACE_SYSCALL, pid_, nullptr, nullptr) != 0 || waitpid(pid_, &state, 0) != pid_) return false;
  if (WIFSTOPPED(state)) return true;
  succeeded_ = WIFEXITED(state) && WEXITSTATUS(state) == EXIT_SUCCESS;
  pid_ = -1;
  return false;
}

std::optional<long> TracedChild::Next() {
  while (GoOn()) {
    __ptrace_syscall_info info;
    const auto size = ptrace(PTRACE_GET_SYSCALL_INFO, pid_, sizeof info, &info);
    if (size > 0 && info.op == PTRACE_SYSCALL_INFO_ENTRY) return static_cast<long>(info.entry.nr);
  }
  return std::nullopt;
}

bool CanTrace() {
  TracedChild child([] { return true; });
  return child.Next().has_value();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/base/exit_limit.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include <string_view>

#include "core/base/line_sink.h"

namespace nacelle {
namespace {

extern "C" void ExitNow(int) {
  constexpr std::string_view kLine = "level=warning msg=\"ended, though something still hangs\"\n";
  if (TakesLine(STDERR_FILENO)) {
    [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, kLine.data(), kLine.size());
  }
  _exit(EXIT_SUCCESS);
}

}  // namespace

void LimitExit(std::chrono::seconds limit) {
  struct sigaction action {};
  action.sa_handler = ExitNow;
  sigaction(SIGALRM, &action, nullptr);
  sigset_t alarms;
  sigemptyset(&alarms);
  sigaddset(&alarms, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarms, nullptr);
  alarm(static_cast<unsigned>(limit.count()));
}

}  // namespace nacelle

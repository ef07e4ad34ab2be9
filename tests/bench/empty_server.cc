// SPDX-License-Identifier: Apache-2.0
// A process that links what the agent links and does nothing: what the agent's
// memory is compared with.
#include <signal.h>

#include <csignal>
#include <iostream>

#include "core/http/server.h"
#include "core/metrics/metrics.h"
#include "tests/bench/empty_plugin.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: empty_server SOCKET HOST:PORT\n";
    return 2;
  }
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigprocmask(SIG_BLOCK, &ending, nullptr);
  const nacelle::Metrics metrics;
  const auto empty = [] { return nacelle::HttpAnswer{}; };
  const auto http = nacelle::HttpServer::Create(argv[2], {empty, empty, empty});
  if (!http) {
    std::cerr << http.error().message() << '\n';
    return 1;
  }
  const nacelle::EmptyPlugin plugin(argv[1]);
  int number = 0;
  sigwait(&ending, &number);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#include "core/kube/library_threads.h"

#include <mutex>
// Boost's headers below rely on it.
#include <utility>

#include <pplx/threadpool.h>

namespace nacelle {

void LimitLibraryThreads() {
  static std::once_flag once;
  std::call_once(once, [] { crossplat::threadpool::initialize_with_threads(2); });
}

}  // namespace nacelle

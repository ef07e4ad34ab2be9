// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nacelle {

// cpprest starts 40 threads unless told otherwise before anything else of it is
// used: call this before. Two are enough, because nothing of ours blocks them.
// Any thread, any number of times.
void LimitLibraryThreads();

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace nacelle {

// Gives back to the machine what the process has, and does not need to keep: heap
// that is free (malloc_trim), and the pages of programs and libraries, which most
// of a start needs once only. These come back from the page cache when they are
// touched (MADV_DONTNEED on a mapping that nobody wrote to; see madvise(2)). Takes
// a millisecond or so: for the end of large pieces of work.
void GiveBackMemory();

}  // namespace nacelle

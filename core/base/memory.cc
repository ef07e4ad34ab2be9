// SPDX-License-Identifier: Apache-2.0
#include "core/base/memory.h"

#include <link.h>
#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace nacelle {
namespace {

// A segment that is not to be written has not been: its pages are the file's. What
// is read-only after relocation belongs to one that is.
int DropUnwritten(dl_phdr_info* object, std::size_t, void*) {
  const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    const auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) continue;
    const auto begin = (object->dlpi_addr + segment.p_vaddr + page - 1) / page * page;
    const auto end = (object->dlpi_addr + segment.p_vaddr + segment.p_memsz) / page * page;
    // The loader tells addresses as numbers. NOLINTNEXTLINE(performance-no-int-to-ptr)
    if (begin < end) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_DONTNEED);
  }
  return 0;
}

}  // namespace

void GiveBackMemory() {
  malloc_trim(0);
  dl_iterate_phdr(DropUnwritten, nullptr);
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "plugin/grant/tuple_record.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto tuples = nacelle::ReadTupleRecord({reinterpret_cast<const char*>(data), size});
  if (!tuples) return 0;
  const auto again = nacelle::ReadTupleRecord(nacelle::WriteTupleRecord(*tuples));
  if (!again || *again != *tuples) __builtin_trap();
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
// The records of the state folder that outlive the agent: tuples.json and
// instances.json.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "agent/command/instance_record.h"
#include "plugin/grant/tuple_record.h"

namespace {

void CheckTuples(std::string_view text) {
  const auto tuples = nacelle::ReadTupleRecord(text);
  if (!tuples) return;
  const auto again = nacelle::ReadTupleRecord(nacelle::WriteTupleRecord(*tuples));
  if (!again || *again != *tuples) __builtin_trap();
}

void CheckInstances(std::string_view text) {
  const auto memory = nacelle::ReadInstanceRecord(text, "boot");
  if (!memory) return;
  const auto again = nacelle::ReadInstanceRecord(nacelle::WriteInstanceRecord(memory->queues, "boot"), "boot");
  if (!again || again->queues != memory->queues) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  CheckTuples(text);
  CheckInstances(text);
  return 0;
}

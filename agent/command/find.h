// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string>

#include "agent/command/machine_view.h"
#include "core/base/result.h"
#include "core/select/candidates.h"
#include "core/select/query.h"

namespace nacelle {

// How `find` shows its answers.
enum class FindFormat { kTable, kJson, kYaml };
Result<FindFormat> ParseFindFormat(const std::string& name);

// "1" to "1000".
Result<std::size_t> ParseLimit(const std::string& text);

struct FindRequest {
  std::string text;  // what `query` was read from
  Query query;
  std::size_t limit = 10;
  bool all = false;  // also held and unhealthy queues, marked
  Usage usage;       // empty: everything is free
};

// What to print, and whether anything answers the query.
struct FindReport {
  std::string text;
  bool answered = false;
};
FindReport FindOnMachine(const MachineView& machine, const FindRequest& request, FindFormat format);

}  // namespace nacelle

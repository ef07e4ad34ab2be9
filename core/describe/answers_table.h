// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/select/find.h"

namespace nacelle {

// What `find` answers to `query`, for people: a line an answer, best first,
// with its reason; or what nothing satisfies, and what would come closest.
std::string FormatAnswers(const Query& query, const FindResult& result);

}  // namespace nacelle

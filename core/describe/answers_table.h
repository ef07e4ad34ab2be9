// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "core/select/find.h"

namespace nacelle {

// What `find` answers to `query`, for people: a line an answer, best first,
// with its reason; or what nothing satisfies, and what would come closest.
std::string FormatAnswers(const Query& query, const FindResult& result);

// One answer: its queues in the order of the wants, with marks; and its reason
// in numbers, "-" when there is nothing to say.
std::string FormatQueues(const Query& query, const Answer& answer);
std::string FormatReason(const Query& query, const Answer& answer);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "core/json/value.h"
#include "core/select/find.h"

namespace nacelle {

// `find -o json`: the query as it was asked, the answers, best first, each with
// its queues in the order of the wants and the reason in numbers, and the miss
// (null where there are answers). What is not known, or does not apply, is left
// out of a reason; what must be known of an answer is added to it: "assumed",
// "unknown_locality", and with --all "marks" by queue.
json::Object DescribeAnswers(std::string_view query, const FindResult& result);

}  // namespace nacelle

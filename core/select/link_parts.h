// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "core/select/search.h"

namespace nacelle {

// The problems of the parts that links join, of one whose order counts: each has its own
// nodes and groups, and no item is in two.
std::vector<SearchProblem> SplitByLinks(const SearchProblem& problem);

// The same, and for each strength apart, strongest first: only links at least so strong
// count there, each as one of that strength. Together they have the problem's answers; one
// that is in several costs what it does in the first. Where all items are linked alike, sets
// are searched for, of which each order is an answer.
std::vector<SearchProblem> SplitByStrength(const SearchProblem& problem);

}  // namespace nacelle

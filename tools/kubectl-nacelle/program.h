// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace nacelle::kubectl {

// kubectl-nacelle with these words, without the program's name. The exit status:
// 0, 1 (no, or it cannot be told), 2 (wrong use).
int RunProgram(const std::vector<std::string>& words);

}  // namespace nacelle::kubectl

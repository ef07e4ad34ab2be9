// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace nacelle {

// nacelle-agent: does what the words of its command line say, on standard
// output and error. The exit status: 0 done, 1 failed, 2 wrong use.
int RunProgram(const std::vector<std::string>& words);

}  // namespace nacelle

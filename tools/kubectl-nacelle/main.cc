// SPDX-License-Identifier: Apache-2.0
#include <string>
#include <vector>

#include "tools/kubectl-nacelle/program.h"

int main(int argc, char** argv) {
  return nacelle::kubectl::RunProgram(std::vector<std::string>(argv + 1, argv + argc));
}

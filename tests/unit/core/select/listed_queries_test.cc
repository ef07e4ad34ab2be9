// SPDX-License-Identifier: Apache-2.0
// The queries that tests/support/queries.txt lists; tests/e2e puts the same ones to the
// API server and to helm.
#include <gtest/gtest.h>

#include <fstream>
#include <string>

#include "core/select/query_parser.h"

namespace nacelle {
namespace {

TEST(ListedQueries, AreTakenOrRefusedAsTheListSays) {
  std::ifstream list(NACELLE_DOCS "/../tests/support/queries.txt");
  int read = 0;
  for (std::string line; std::getline(list, line);) {
    if (line.starts_with('#')) continue;
    const auto space = line.find(' ');
    EXPECT_EQ(ParseQuery(line.substr(space + 1)).ok(), line.starts_with("good ")) << line;
    ++read;
  }
  EXPECT_GT(read, 30);
}

}  // namespace
}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace nacelle {

// A measured value beside what it may be at most.
struct Figure {
  std::string name;
  std::string unit;
  double value = 0;
  double limit = 0;

  double ratio() const { return value / limit; }
  bool holds() const { return value <= limit; }
};

// `share` of 0.5 is the median. Not empty.
double Percentile(std::vector<double> values, double share);

double Microseconds(std::chrono::steady_clock::duration time);

// A table on stdout, and where `json` is not empty the same as
// [{"name","unit","value","limit","ratio","holds"}]. False when the file
// cannot be written.
bool Report(const std::vector<Figure>& figures, const std::filesystem::path& json);

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/figures.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <iostream>

#include "core/base/files.h"
#include "core/json/value.h"

namespace nacelle {

double Percentile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(values.size())));
  return values[std::clamp<std::size_t>(rank, 1, values.size()) - 1];
}

double Microseconds(std::chrono::steady_clock::duration time) {
  return std::chrono::duration<double, std::micro>(time).count();
}

bool Report(const std::vector<Figure>& figures, const std::filesystem::path& json) {
  json::Array array;
  for (const auto& figure : figures) {
    std::printf("%-44s %10.2f %-8s limit %10.2f  ratio %5.2f  %s\n", figure.name.c_str(), figure.value,
                figure.unit.c_str(), figure.limit, figure.ratio(), figure.holds() ? "holds" : "EXCEEDED");
    array.push_back(json::Object{{"name", figure.name},
                                 {"unit", figure.unit},
                                 {"value", figure.value},
                                 {"limit", figure.limit},
                                 {"ratio", figure.ratio()},
                                 {"holds", figure.holds()}});
  }
  if (json.empty()) return true;
  const auto status = WriteFileDurably(json, json::WritePretty(std::move(array)));
  if (!status) std::cerr << "bench: " << status.error().message() << '\n';
  return status.ok();
}

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Metrics, RendersPrometheusText) {
  Metrics metrics;
  metrics.DeclareCounter("nacelle_scans_total", "Scans since the start.");
  metrics.DeclareGauge("nacelle_functions", "Functions found.");
  metrics.Add("nacelle_scans_total");
  metrics.Add("nacelle_scans_total");
  metrics.Set("nacelle_functions", {{"family", "uacce"}}, 6);
  const auto text = metrics.Render();
  EXPECT_TRUE(Contains(text, "# HELP nacelle_scans_total Scans since the start.\n"));
  EXPECT_TRUE(Contains(text, "nacelle_scans_total 2\n"));
  EXPECT_TRUE(Contains(text, "nacelle_functions{family=\"uacce\"} 6\n"));
}

TEST(Metrics, ReplaceLeavesNoSeriesOfWhatIsGone) {
  Metrics metrics;
  metrics.DeclareGauge("nacelle_free", "Free instances.");
  metrics.Replace("nacelle_free", {{{{"queue", "a"}}, 1}, {{{"queue", "b"}}, 2}});
  metrics.Replace("nacelle_free", {{{{"queue", "b"}}, 3}});
  const auto text = metrics.Render();
  EXPECT_FALSE(Contains(text, "queue=\"a\""));
  EXPECT_TRUE(Contains(text, "nacelle_free{queue=\"b\"} 3\n"));
}

}  // namespace
}  // namespace nacelle

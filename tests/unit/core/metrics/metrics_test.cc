// SPDX-License-Identifier: Apache-2.0
#include "core/metrics/metrics.h"

#include <gtest/gtest.h>

namespace nacelle {
namespace {

bool Contains(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

TEST(Metrics, AreRenderedAsPrometheusText) {
  Metrics metrics;
  metrics.Add("nacelle_scans_total");
  metrics.Add("nacelle_scans_total");
  metrics.Set("nacelle_dra_claims", {}, 6);
  const auto text = metrics.Render();
  EXPECT_TRUE(Contains(text, "# HELP nacelle_scans_total Scans of this node.\n"));
  EXPECT_TRUE(Contains(text, "nacelle_scans_total 2\n"));
  EXPECT_TRUE(Contains(text, "nacelle_dra_claims 6\n"));
}

TEST(Metrics, WithoutAValueAreNotShown) { EXPECT_EQ(Metrics().Render(), ""); }

TEST(Metrics, ReplaceLeavesNoSeriesOfWhatIsGone) {
  Metrics metrics;
  metrics.Replace("nacelle_queue_available_instances", {{{{"queue", "a"}}, 1}, {{{"queue", "b"}}, 2}});
  metrics.Replace("nacelle_queue_available_instances", {{{{"queue", "b"}}, 3}});
  const auto text = metrics.Render();
  EXPECT_FALSE(Contains(text, "queue=\"a\""));
  EXPECT_TRUE(Contains(text, "nacelle_queue_available_instances{queue=\"b\"} 3\n"));
}

}  // namespace
}  // namespace nacelle

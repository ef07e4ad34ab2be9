// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/sva_preflight.h"

#include <gtest/gtest.h>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

HardwareTable TableWith(SvaVerdict verdict) {
  HardwareTable table;
  table.sva = {{"aarch64", "", {6, 0, 0}, KernelVersion{7, 0, 0}, verdict, "because"}};
  return table;
}

TEST(SvaPreflight, AnUnknownKernelIsNegotiatedNotVerified) {
  const FakeHost host{};
  const auto expected = ExpectSva(host.root(), TableWith(SvaVerdict::kRefused), "hisi_zip");
  EXPECT_TRUE(expected.health.healthy);
  EXPECT_EQ(expected.note, "negotiated, not verified");
}

TEST(SvaPreflight, TheVerdictOfTheTableIsTold) {
  const FakeHost host{{"/proc/sys/kernel/osrelease", "6.6.0\n"}, {"/proc/sys/kernel/arch", "aarch64\n"}};
  EXPECT_EQ(ExpectSva(host.root(), TableWith(SvaVerdict::kRefused), "x").health.reason, "because");
  EXPECT_EQ(ExpectSva(host.root(), TableWith(SvaVerdict::kDoubtful), "x").note, "negotiated, not verified: because");
  EXPECT_EQ(ExpectSva(host.root(), TableWith(SvaVerdict::kWorks), "x").note, "");
}

TEST(SvaPreflight, DebiansKernelIsTheOneOfTheStableSeriesThatItsVersionSays) {
  FakeHost host{{"/proc/sys/kernel/arch", "x86_64\n"},
                {"/proc/sys/kernel/osrelease", "6.1.0-43-amd64\n"},
                {"/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.164-1 (2026-02-09)\n"}};
  HardwareTable table;
  table.sva = {{"x86_64", "", {6, 1, 163}, KernelVersion{6, 2, 0}, SvaVerdict::kRefused, "because"}};
  EXPECT_EQ(ExpectSva(host.root(), table, "x").health.reason, "because");
  host.Set("/proc/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.158-1 (2025-11-09)\n");
  EXPECT_EQ(ExpectSva(host.root(), table, "x").note, "negotiated, not verified");
  host.Set("/proc/sys/kernel/version", "#1 SMP Debian\n");
  host.Set("/proc/sys/kernel/osrelease", "6.1.164\n");
  EXPECT_EQ(ExpectSva(host.root(), table, "x").health.reason, "because");
}

}  // namespace
}  // namespace nacelle

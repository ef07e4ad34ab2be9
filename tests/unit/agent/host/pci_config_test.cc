// SPDX-License-Identifier: Apache-2.0
#include "agent/host/pci_config.h"

#include <gtest/gtest.h>

#include <map>

#include "tests/support/fake_host.h"

namespace nacelle {
namespace {

using Words = std::map<unsigned, std::uint32_t>;

Acs AcsOf(const Words& words) {
  return FindAcs([&](unsigned offset) -> std::optional<std::uint32_t> {
    const auto word = words.find(offset);
    return word == words.end() ? std::nullopt : std::optional(word->second);
  });
}

// A capability's head: next offset, version 1, id.
constexpr std::uint32_t Head(unsigned next, unsigned id) { return next << 20 | 1U << 16 | id; }
constexpr std::uint32_t Control(unsigned bits) { return bits << 16 | 0x5f; }

TEST(PciConfig, APortThatRedirectsRequestsOrCompletionsSeparates) {
  for (const unsigned bits : {0x04U, 0x08U, 0x20U, 0x1dU}) {
    EXPECT_EQ(AcsOf({{0x100, Head(0, 0x0d)}, {0x104, Control(bits)}}), Acs::kRedirects) << bits;
  }
}

TEST(PciConfig, SourceValidationAndUpstreamForwardingSeparateNothing) {
  EXPECT_EQ(AcsOf({{0x100, Head(0, 0x0d)}, {0x104, Control(0x51)}}), Acs::kOpen);
  EXPECT_EQ(AcsOf({{0x100, Head(0, 0x0d)}, {0x104, Control(0)}}), Acs::kOpen);
}

TEST(PciConfig, TheCapabilityIsFoundBehindOthers) {
  const Words words = {{0x100, Head(0x148, 0x01)}, {0x148, Head(0x200, 0x03)}, {0x200, Head(0, 0x0d)}, {0x204, Control(0x4)}};
  EXPECT_EQ(AcsOf(words), Acs::kRedirects);
}

TEST(PciConfig, AListWithoutTheCapabilityHasNone) {
  EXPECT_EQ(AcsOf({{0x100, 0}}), Acs::kAbsent);
  EXPECT_EQ(AcsOf({{0x100, Head(0x148, 0x01)}, {0x148, Head(0, 0x03)}}), Acs::kAbsent);
}

TEST(PciConfig, WhatCannotBeReadIsUnknown) {
  EXPECT_EQ(AcsOf({}), Acs::kUnknown);
  EXPECT_EQ(AcsOf({{0x100, Head(0x148, 0x01)}}), Acs::kUnknown);
  EXPECT_EQ(AcsOf({{0x100, Head(0, 0x0d)}}), Acs::kUnknown);
}

TEST(PciConfig, ADeviceThatIsGoneIsUnknown) {
  EXPECT_EQ(AcsOf({{0x100, 0xffffffff}}), Acs::kUnknown);
  EXPECT_EQ(AcsOf({{0x100, Head(0, 0x0d)}, {0x104, 0xffffffff}}), Acs::kUnknown);
}

TEST(PciConfig, AListThatRunsInACircleEnds) {
  EXPECT_EQ(AcsOf({{0x100, Head(0x148, 0x01)}, {0x148, Head(0x100, 0x03)}}), Acs::kUnknown);
}

TEST(PciConfig, AnUnprivilegedReaderSeesTooLittle) {
  FakeHost host{{"/sys/devices/pci0000:40/0000:40:00.0/config", std::string(64, '\1')}};
  EXPECT_EQ(ReadAcs(host.root(), "/sys/devices/pci0000:40/0000:40:00.0"), Acs::kUnknown);
}

TEST(PciConfig, BytesAreReadLowestFirst) {
  std::string config(0x108, '\0');
  config.replace(0x100, 8, std::string("\x0d\x00\x01\x00\x5f\x00\x04\x00", 8));
  FakeHost host{{"/sys/devices/pci0000:40/0000:40:00.0/config", config}};
  EXPECT_EQ(ReadAcs(host.root(), "/sys/devices/pci0000:40/0000:40:00.0"), Acs::kRedirects);
}

}  // namespace
}  // namespace nacelle

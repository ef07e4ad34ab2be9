// SPDX-License-Identifier: Apache-2.0
#include "agent/host/pci_config.h"

namespace nacelle {
namespace {

constexpr unsigned kExtendedSpace = 0x100;
constexpr unsigned kEnd = 0x1000;
constexpr unsigned kShortest = 8;  // bytes that a capability has at least
constexpr std::uint32_t kNoDevice = 0xffffffff;

constexpr unsigned kAcsId = 0x000d;
// Bits of its control register, the upper half of the word behind its head.
// As the kernel's own peer-to-peer code asks (drivers/pci/p2pdma.c).
constexpr std::uint32_t kRequestRedirect = 1U << (16 + 2);
constexpr std::uint32_t kCompletionRedirect = 1U << (16 + 3);
constexpr std::uint32_t kEgressControl = 1U << (16 + 5);

}  // namespace

Acs FindAcs(const ReadConfig& read) {
  unsigned offset = kExtendedSpace;
  // A broken list may run in a circle.
  for (unsigned left = (kEnd - kExtendedSpace) / kShortest; left > 0; --left) {
    const auto head = read(offset);
    if (!head || *head == kNoDevice) return Acs::kUnknown;
    if ((*head & 0xffffU) == kAcsId) {
      const auto word = read(offset + 4);
      if (!word || *word == kNoDevice) return Acs::kUnknown;
      const bool redirects = (*word & (kRequestRedirect | kCompletionRedirect | kEgressControl)) != 0;
      return redirects ? Acs::kRedirects : Acs::kOpen;
    }
    offset = *head >> 20 & ~3U;
    if (offset < kExtendedSpace) return Acs::kAbsent;
  }
  return Acs::kUnknown;
}

Acs ReadAcs(const HostRoot& host, const std::string& path) {
  return FindAcs([&](unsigned offset) -> std::optional<std::uint32_t> {
    const auto bytes = host.ReadBytes(path + "/config", offset, 4);
    if (!bytes || bytes->size() < 4) return std::nullopt;
    std::uint32_t word = 0;
    for (unsigned i = 0; i < 4; ++i) word |= std::uint32_t{static_cast<unsigned char>((*bytes)[i])} << (8 * i);
    return word;
  });
}

}  // namespace nacelle

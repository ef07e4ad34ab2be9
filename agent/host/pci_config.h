// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "agent/host/host_root.h"

namespace nacelle {

// What the Access Control Services of a PCI Express port or function do with
// what its peers send each other (PCI Express Base Specification, 7.7.11).
enum class Acs {
  kUnknown,    // configuration space could not be read that far
  kAbsent,     // it has no such services
  kOpen,       // it lets peers reach each other
  kRedirects,  // it sends requests or completions up to the root, or blocks them
};

// Reads four bytes of configuration space, the lowest first; absent where it
// cannot be read. Offsets are multiples of 4, below 4096.
using ReadConfig = std::function<std::optional<std::uint32_t>(unsigned offset)>;

// Finds the capability in the extended space, whatever bytes are there.
Acs FindAcs(const ReadConfig& read);

// Of the PCI device at `path`, a real path below /sys/devices. The kernel shows
// what is beyond the first 64 bytes only to CAP_SYS_ADMIN
// (drivers/pci/pci-sysfs.c, pci_read_config). Reads no more than the list of
// capabilities and this one: serial numbers are not even seen.
Acs ReadAcs(const HostRoot& host, const std::string& path);

}  // namespace nacelle

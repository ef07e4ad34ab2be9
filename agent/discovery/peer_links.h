// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "agent/host/pci_config.h"
#include "core/model/inventory.h"

namespace nacelle {

// What is known of bridges and functions, by their path below /sys/devices.
using AcsFacts = std::map<std::string, Acs, std::less<>>;

// The bridges and functions of which the Access Control Services tell whether
// any two of `functions` reach each other.
std::vector<std::string> PathsBetweenPeers(const std::vector<const Function*>& functions);

// Links of a node beyond which those of its largest meeting places are left out: as many
// as 4 devices have of 64 functions each, or one of 128, that all reach each other. Their
// number grows with the square of the functions.
inline constexpr std::size_t kMostPeerLinks = 16'384;

struct PeerLinks {
  std::vector<Link> links;        // sorted
  std::vector<Problem> problems;  // places of which the links are left out
};

// Pairs of PCI functions whose paths meet in one device, or in a switch below a
// root port, where nothing between them redirects what they send each other. The
// ports of a switch say so themselves where they can be read; so do two
// functions of one device when both have the services. Else the IOMMU tells:
// both in one group, or (assumed) both in none. One link each way. A place has all
// its links or none: those with the fewest functions come first.
PeerLinks BuildPeerLinks(const SharedList<Function>& functions, const AcsFacts& acs);

}  // namespace nacelle

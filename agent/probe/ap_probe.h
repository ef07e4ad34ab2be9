// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"
#include "core/model/hardware.h"

namespace nacelle {

// Crypto cards of s390 on the AP bus (drivers/s390/crypto/ap_card.c, ap_queue.c,
// zcrypt_card.c). A card is a function, a domain on it a queue. The kernel has
// one node, /dev/z90crypt, and picks the card itself: whoever holds the node
// reaches every queue, so they are offered only when a policy selects them.
// Queues that belong to guests (vfio_ap) are not shown. A node that somebody has created
// (/sys/class/zcrypt/create in drivers/s390/crypto/zcrypt_api.c) reaches what its masks say, and
// is a function of its own.
class ApProbe final : public Probe {
 public:
  // `table` outlives the probe.
  explicit ApProbe(const HardwareTable& table) : table_(table) {}
  std::string_view family() const override { return "ap"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"ap", "zcrypt"}; }

 private:
  const HardwareTable& table_;
};

}  // namespace nacelle

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "agent/probe/probe.h"

namespace nacelle {

// Signal processors of Qualcomm's chips that run programs' code (drivers/misc/fastrpc.c):
// misc devices fastrpc-DOMAIN, and fastrpc-DOMAIN-secure for signed code. All who open one
// share the processor, so they are offered only when a policy selects them.
class FastrpcProbe final : public Probe {
 public:
  std::string_view family() const override { return "fastrpc"; }
  Result<Findings> Scan(const HostRoot& host) const override;
  std::vector<std::string_view> subsystems() const override { return {"misc"}; }
};

}  // namespace nacelle

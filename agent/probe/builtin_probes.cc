// SPDX-License-Identifier: Apache-2.0
#include "agent/probe/builtin_probes.h"

#include "agent/probe/accel_probe.h"
#include "agent/probe/ap_probe.h"
#include "agent/probe/drm_probe.h"
#include "agent/probe/engine_probe.h"
#include "agent/probe/fastrpc_probe.h"
#include "agent/probe/fpga_probe.h"
#include "agent/probe/idxd_probe.h"
#include "agent/probe/mdev_probe.h"
#include "agent/probe/ocxl_probe.h"
#include "agent/probe/qat_probe.h"
#include "agent/probe/uacce_probe.h"
#include "agent/probe/vfio_probe.h"
#include "agent/probe/zip_probe.h"

namespace nacelle {

std::vector<std::unique_ptr<const Probe>> BuiltinProbes(const HardwareTable& table) {
  std::vector<std::unique_ptr<const Probe>> probes;
  probes.push_back(std::make_unique<AccelProbe>(table));
  probes.push_back(std::make_unique<ApProbe>(table));
  probes.push_back(std::make_unique<EngineProbe>(table));  // family "crypto"
  probes.push_back(std::make_unique<DrmProbe>(table));
  probes.push_back(std::make_unique<FastrpcProbe>());
  probes.push_back(std::make_unique<FpgaProbe>(table));
  probes.push_back(std::make_unique<IdxdProbe>(table));
  probes.push_back(std::make_unique<MdevProbe>(table));
  probes.push_back(std::make_unique<OcxlProbe>());
  probes.push_back(std::make_unique<QatProbe>(table));
  probes.push_back(std::make_unique<UacceProbe>(table));
  probes.push_back(std::make_unique<VfioProbe>(table));
  probes.push_back(std::make_unique<ZipProbe>(table));
  return probes;
}

}  // namespace nacelle

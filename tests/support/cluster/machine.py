# SPDX-License-Identifier: Apache-2.0
"""The virtual machine that becomes a node, and what its disk is made of."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from tests.support.cluster import node_disk
from tests.support.vm import client, kernel, topology, vfio_program
from tests.support.vm.initramfs import GUEST
from tests.support.vm.vm import Vm, VmConfig

_PROGRAMS = ("qemu-system-x86_64", "qemu-img", "mmdebstrap", "mke2fs", "depmod", "openssl", "go")

# Memory accounting of the kernel's own is switched on at the first cgroup, by
# code that is patched while other CPUs run it; QEMU's emulation once ran a stale
# copy of the breakpoint, and the guest panicked ("int3" in kmem_cache_alloc).
_APPEND = "quiet intel_iommu=on cgroup.memory=nokmem,nosocket"

# Two nodes with CPUs, so that there is one to choose even where one is
# reserved for the system, and HBM beside the second one. The first switch is
# not behind the IOMMU, so that functions on it can be behind the software one.
TOPOLOGY = topology.Topology(
    nodes=(
        topology.NumaNode(1536, 2),
        topology.NumaNode(1024, 2),
        topology.NumaNode(512, 0, initiator=1, latency_ns=120, bandwidth_mbps=81920),
    ),
    distances=((10, 20, 30), (20, 10, 15), (30, 15, 10)),
    switches=(
        topology.PciSwitch(node=0, bus=64, bypasses_iommu=True),
        topology.PciSwitch(node=1, bus=128, separates=False),
    ),
    ports=(topology.PciPort(node=1, bus=192),),
    iommu=True,
)


def why_impossible() -> str | None:
    """Why no cluster can run here; None when one can."""
    if os.geteuid() != 0:
        return "needs root: to make the nodes' disk, and mounts of its own"
    missing = [name for name in _PROGRAMS if not shutil.which(name)]
    return f"not installed: {', '.join(missing)}" if missing else None


def disk_inputs(binaries: Path, built: kernel.Kernel) -> node_disk.Inputs:
    return node_disk.Inputs(
        binaries=binaries,
        kernel_modules=built.root / "lib" / "modules",
        own_modules=tuple(built.modules.values()),
        programs=(("/usr/lib/nacelle-node/nacelle-guest", GUEST / "nacelle-guest"),),
        tools=(
            *(client.build()[name] for name in ("swaccel-client", "hisi-client")),
            vfio_program.build(),
        ),
    )


def virtual_machine(disk: Path, built: kernel.Kernel, kubelet_port: int) -> Vm:
    return Vm(
        VmConfig(
            kernel=built,
            topology=TOPOLOGY,
            disk=disk,
            forwards=((kubelet_port, kubelet_port),),
            # ext4 asks for it by a name that the initramfs does not follow.
            modules=("crc32c_generic",),
            append=_APPEND,
            boot_seconds=180,
        )
    )

# SPDX-License-Identifier: Apache-2.0
"""One virtual machine for all tests of the modules: /usr/bin/python3 -m pytest.

NACELLE_SHORT=1 shortens what is repeated. NACELLE_KMOD_KERNEL=debug takes
the kernel of tools/check_kmod.sh, with KASAN and lockdep; =arm64 takes Debian's
of that architecture. NACELLE_KMOD_CPUS=1 is a machine that can run beside other
work; two CPUs find more.
"""

import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.e2e.kmod.guest import ARM64, DEBUG, LOAD, PATIENCE, UNLOAD
from tests.support.vm import (
    arm64, client, debug_kernel, kernel, stranger, topology)
from tests.support.vm.vm import Vm, VmConfig

SWITCHES = (topology.PciSwitch(node=0, bus=64),
            topology.PciSwitch(node=1, bus=128))


def _layout() -> topology.Topology:
    nodes = topology.small()
    if os.environ.get("NACELLE_KMOD_CPUS") == "1":
        first, second = nodes.nodes
        nodes = replace(nodes, nodes=(first, replace(second, cpus=0,
                                                     initiator=0)))
    return replace(nodes, switches=() if ARM64 else SWITCHES)


def _chosen() -> kernel.Kernel:
    if ARM64:
        return arm64.build()
    return debug_kernel.build() if DEBUG else kernel.build()


@pytest.fixture(scope="session")
def vm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vm]:
    programs = arm64.build_client() if ARM64 else client.build()
    booted = _chosen()
    files = {f"/bin/{name}": path for name, path in programs.items()}
    if not ARM64:
        files["/modules/stranger.ko"] = stranger.build(booted)
    # What hisi_sec2 needs of the kernel's crypto; built into the other one.
    modules = () if DEBUG else ("xts", "ghash_generic", "des_generic")
    config = VmConfig(kernel=booted, files=files, modules=modules,
                      boot_seconds=120 * PATIENCE,
                      topology=_layout(),
                      console=tmp_path_factory.mktemp("vm") / "console")
    with Vm(config) as machine:
        yield machine


@pytest.fixture
def quiet(vm: Vm) -> Iterator[Vm]:
    """The kernel has nothing to complain about during the test."""
    vm.check("dmesg -c", 60)
    yield vm
    assert vm.warnings() == []


@pytest.fixture
def loaded(quiet: Vm) -> Iterator[Vm]:
    """With modules; that they unload shows that nothing is held any more."""
    quiet.check(LOAD, 30 * PATIENCE)
    yield quiet
    quiet.check(UNLOAD, 60 * PATIENCE)

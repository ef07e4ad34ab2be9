# SPDX-License-Identifier: Apache-2.0
"""Functions of the software accelerator on PCI functions of QEMU."""

from collections.abc import Iterator

import pytest

from tests.e2e.kmod.guest import (
    ARM64, PATIENCE, UNLOAD, during_load, run_client, statistics, uacce_name)
from tests.support.vm.vm import Vm

DEVICES = "/sys/bus/pci/devices"

pytestmark = pytest.mark.skipif(
    ARM64, reason="the guest of arm64 has no PCI switches")


@pytest.fixture
def addresses(loaded: Vm) -> Iterator[list[str]]:
    """Of QEMU's PCI functions that nobody else drives, in order."""
    found = loaded.check(f"cd {DEVICES}; grep -l 0x11e8 */device").split()
    yield sorted(path.split("/")[0] for path in found)
    loaded.check(f"for d in {DEVICES}/*; do echo >$d/driver_override; done")


def bind(vm: Vm, address: str, kind: str) -> str:
    """Makes a function there; its path below /sys/devices."""
    vm.check(f"echo {kind} >{DEVICES}/{address}/driver_override; "
             f"echo {address} >/sys/bus/pci/drivers_probe", 30 * PATIENCE)
    path = vm.check(f"readlink -f {DEVICES}/{address}").strip()
    return path.removeprefix("/sys/devices/")


def unbind(address: str) -> str:
    return f"echo {address} >{DEVICES}/{address}/driver/unbind"


def test_a_function_has_the_place_of_its_pci_function(
        loaded: Vm, addresses: list[str]) -> None:
    assert len(addresses) == 4
    for address, node, bus in zip(addresses, "0011", ("40", "40", "80", "80")):
        path = bind(loaded, address, "sw_zip")
        # Root port, the switch's two sides, the function.
        assert path.startswith(f"pci0000:{bus}/")
        assert len(path.split("/")) == 5
        name = uacce_name(loaded, address, path.rsplit("/", 1)[0])
        assert loaded.check(f"cat /sys/class/uacce/{name}/device/numa_node "
                            f"/sys/class/uacce/{name}/flags") == f"{node}\n1\n"


def test_each_kind_computes_on_a_pci_function(
        loaded: Vm, addresses: list[str]) -> None:
    for address, kind, operation in zip(
            addresses, ("sw_zip", "sw_sec", "sw_dma"),
            ("gzip", "sha512", "memmove")):
        folder = bind(loaded, address, kind).rsplit("/", 1)[0]
        status, output = run_client(loaded, address, operation, parent=folder)
        assert status == 0, output
        assert statistics(loaded, address)["completed"] > 0


def test_one_process_uses_functions_of_both_buses(
        loaded: Vm, addresses: list[str]) -> None:
    """One PASID serves devices of several IOMMUs."""
    folder = bind(loaded, addresses[0], "sw_zip").rsplit("/", 1)[0]
    pci = uacce_name(loaded, addresses[0], folder)
    loaded.check("echo 'sw_zip id=1 node=0' >/sys/bus/platform/drivers/"
                 "swaccel/new_device")
    platform = uacce_name(loaded, "sw_zip.1")
    output = loaded.check(
        f"exec 4<>/dev/{pci} 5<>/dev/{platform} 6<>/dev/{pci}; "
        f"cat /sys/class/uacce/{pci}/available_instances "
        f"/sys/class/uacce/{platform}/available_instances")
    assert output == "6\n7\n"


def test_an_unbound_function_leaves_nothing_and_can_be_bound_as_another(
        loaded: Vm, addresses: list[str]) -> None:
    address = addresses[0]
    folder = bind(loaded, address, "sw_zip").rsplit("/", 1)[0]
    assert loaded.check(f"ls -d {DEVICES}/{address}/iommu_group")
    loaded.check(unbind(address), 30 * PATIENCE)
    left = loaded.check(f"cd {DEVICES}/{address}; ls -d uacce iommu_group "
                        "/sys/class/iommu/swiommu-* 2>/dev/null || true")
    assert left == ""
    bind(loaded, address, "sw_sec")
    assert run_client(loaded, address, "sha256", parent=folder)[0] == 0


def test_a_function_that_is_unbound_under_load_ends_in_a_clear_error(
        loaded: Vm, addresses: list[str]) -> None:
    folder = bind(loaded, addresses[2], "sw_zip").rsplit("/", 1)[0]
    status, output = during_load(loaded, addresses[2], unbind(addresses[2]),
                                 parent=folder)
    assert (status, "the device was removed" in output) == (1, True), output


def test_functions_come_and_go_many_times(loaded: Vm,
                                          addresses: list[str]) -> None:
    address = addresses[1]
    bind(loaded, address, "sw_zip")
    loaded.check(
        f"i=0; while [ $i -lt 50 ]; do {unbind(address)} || exit; "
        f"echo {address} >/sys/bus/pci/drivers_probe || exit; "
        "i=$((i + 1)); done", 60 * PATIENCE)
    assert loaded.check(f"ls {DEVICES}/{address}/uacce").startswith("sw_zip-")


def test_no_pci_function_is_taken_unasked(loaded: Vm,
                                          addresses: list[str]) -> None:
    for address in addresses:
        assert loaded.run(f"ls {DEVICES}/{address}/driver")[0] != 0


def test_without_sva_a_pci_function_shows_and_has_no_iommu_group(
        quiet: Vm) -> None:
    quiet.check("insmod /modules/swiommu.ko; insmod /modules/uacce.ko; "
                "insmod /modules/swaccel.ko sva=0")
    address = quiet.check(
        f"cd {DEVICES}; grep -l 0x11e8 */device").split("/")[0]
    folder = bind(quiet, address, "sw_zip").rsplit("/", 1)[0]
    name = uacce_name(quiet, address, folder)
    assert quiet.check(f"cat /sys/class/uacce/{name}/flags") == "0\n"
    assert quiet.run(f"ls -d {DEVICES}/{address}/iommu_group")[0] != 0
    quiet.check(f"echo >{DEVICES}/{address}/driver_override; {UNLOAD}",
                60 * PATIENCE)

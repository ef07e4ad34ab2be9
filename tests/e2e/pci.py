# SPDX-License-Identifier: Apache-2.0
"""QEMU's PCI functions in the node, and the drivers that they are given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.cluster.machine import TOPOLOGY
from tests.support.cluster.node import Node

_DEVICES = "/sys/bus/pci/devices"
# QEMU's educational device, of which the node has several.
EDU = "0x11e8"


class PciFunctions:
    """Gives functions drivers, and takes them away again."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._bound: list[str] = []

    def below(self, bus: int) -> list[str]:
        """The addresses of the functions below a root bus, in order."""
        found = self._node.run(f"cd {_DEVICES} && grep -l {EDU} */device").split()
        addresses = sorted(path.split("/")[0] for path in found)
        return [one for one in addresses if self.path(one).split("/")[3] == f"pci0000:{bus:02x}"]

    def path(self, address: str) -> str:
        """Where a function is below /sys/devices."""
        return self._node.run(f"readlink -f {_DEVICES}/{address}").strip()

    def group(self, address: str) -> str | None:
        """Its IOMMU group."""
        link = f"{_DEVICES}/{address}/iommu_group"
        found = self._node.run(f"basename $(readlink {link}) 2>/dev/null || true").strip()
        return found or None

    def bind(self, address: str, driver: str) -> None:
        self._node.run(
            f"echo {driver} >{_DEVICES}/{address}/driver_override"
            f" && echo {address} >/sys/bus/pci/drivers_probe"
            f" && [ -e {_DEVICES}/{address}/driver ]"
        )
        self._bound.append(address)

    def unbind_all(self) -> None:
        for address in self._bound:
            self._node.run(
                f"echo {address} >{_DEVICES}/{address}/driver/unbind;"
                f" echo >{_DEVICES}/{address}/driver_override"
            )
        self._bound.clear()


@contextmanager
def linked_pair(node: Node, first: str, second: str) -> Iterator[tuple[str, str]]:
    """Gives these drivers to the functions behind the switch that separates
    nothing; their ids."""
    pci = PciFunctions(node)
    (switch,) = [one for one in TOPOLOGY.switches if not one.separates]
    addresses = pci.below(switch.bus)
    try:
        for address, driver in zip(addresses, (first, second), strict=True):
            pci.bind(address, driver)
        yield nacelle_id(addresses[0]), nacelle_id(addresses[1])
    finally:
        pci.unbind_all()


def nacelle_id(address: str) -> str:
    """The id of the uacce function at an address."""
    return "uacce-" + address.replace(":", "-").replace(".", "-")

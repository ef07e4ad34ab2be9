# SPDX-License-Identifier: Apache-2.0
"""The software FPGA of the node, whose contents are what an image says."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.cluster.node import Node

NODE = 1
CARD = "/sys/devices/platform/swfpga.0"
ZIP = 0x5A1B0000000000000000000000000001
SEC = 0x5EC00000000000000000000000000002


class Card:
    """The software FPGA of the node: two regions."""

    def __init__(self, node: Node) -> None:
        self._node = node

    def set_phase(self, milliseconds: int) -> None:
        """How long each of the three phases of a load takes from now on."""
        self._node.run(f"echo {milliseconds} >/sys/module/swfpga/parameters/phase_ms")

    def load(self, region: int, data: bytes) -> None:
        self._node.run(self._command(region, data))

    def start_load(self, region: int, data: bytes) -> None:
        self._node.run(f"({self._command(region, data)}) >/dev/null 2>&1 &")

    def refuses(self, region: int, data: bytes) -> bool:
        return not self._node.succeeds(self._command(region, data))

    def _command(self, region: int, data: bytes) -> str:
        text = base64.b64encode(data).decode()
        return f"echo {text} | base64 -d | cat >{CARD}/swfpga_region.{region}/image"


@contextmanager
def software_fpga(node: Node) -> Iterator[Card]:
    node.run(f"modprobe swfpga regions=2 node={NODE}")
    try:
        yield Card(node)
    finally:
        # Not "modprobe -r", which would take swaccel with it.
        node.run("rmmod swfpga")

# SPDX-License-Identifier: Apache-2.0
"""The functions of the node, as they come and go, and what the kubelet counts."""

from __future__ import annotations

from collections import Counter

from tests.e2e.pods import PREFIX
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.node_config import DEFAULT_FUNCTIONS, Function
from tests.support.cluster.process import wait_for

# A function that went away leaves the list when it has been unhealthy for a
# minute and nobody holds it; the agent asks who does in rounds of a minute.
LEAVES_WITHIN = 180
# What a pod held goes elsewhere a minute after it has ended.
_SEEN_WITHIN = 120


class Accelerators:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._added: list[Function] = []

    def delete(self, function: Function) -> None:
        self._cluster.node.delete_function(function)

    def add(self, function: Function) -> None:
        self._cluster.node.add_function(function)
        self._added.append(function)

    def device_node(self, function: Function) -> str:
        name = self._cluster.node.device_node(function)
        assert name, f"{function} is not there"
        return name

    def allocatable(self, interface: str) -> int:
        return self._count("allocatable", interface)

    def capacity(self, interface: str) -> int:
        return self._count("capacity", interface)

    def wait_allocatable(self, interface: str, count: int, seconds: float = _SEEN_WITHIN) -> None:
        wait_for(
            f"{count} allocatable of {interface}",
            lambda: self.allocatable(interface) == count,
            seconds,
            why_not=lambda: f"there are {self.allocatable(interface)}",
        )

    def wait_capacity(self, interface: str, count: int, seconds: float = LEAVES_WITHIN) -> None:
        wait_for(
            f"a capacity of {count} of {interface}",
            lambda: self.capacity(interface) == count,
            seconds,
            every=1,
            why_not=lambda: f"it is {self.capacity(interface)}",
        )

    def wait_all_back(self, seconds: float = 180) -> None:
        for interface, count in Counter(f.interface for f in DEFAULT_FUNCTIONS).items():
            self.wait_allocatable(interface.replace("_", "-"), count, seconds)

    def restore(self) -> None:
        """Only the default functions are there; the kubelet knows all of them."""
        node = self._cluster.node
        for function in self._added:
            if function not in DEFAULT_FUNCTIONS and node.device_node(function):
                node.delete_function(function)
        for function in DEFAULT_FUNCTIONS:
            if not node.device_node(function):
                node.add_function(function)
        self.wait_all_back()

    def _count(self, which: str, interface: str) -> int:
        status = self._cluster.api.node(self._cluster.node.name)["status"]
        return int(status[which].get(PREFIX + interface, 0))

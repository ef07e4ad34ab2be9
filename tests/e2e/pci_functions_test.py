# SPDX-License-Identifier: Apache-2.0
"""Functions on PCI: what the agent says, and what QEMU was told to build.

Late in the order of the files, as is reconfiguration_test.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.agent_view import AgentView
from tests.e2e.pci import PciFunctions, nacelle_id
from tests.e2e.pods import Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.machine import TOPOLOGY

# The first switch bypasses the IOMMU, and its functions are behind the software
# one, each in a group of its own. The second one is behind the machine's IOMMU,
# and separates nothing: its functions are in one group.
SEPARATE, TOGETHER = TOPOLOGY.switches


@pytest.fixture
def pci(cluster: Cluster, pods: Pods, accelerators: Accelerators) -> Iterator[PciFunctions]:
    functions = PciFunctions(cluster.node)
    yield functions
    pods.delete_all()
    functions.unbind_all()
    accelerators.wait_all_back()


def linked(inventory: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {(one["from"], one["to"], one["strength"]) for one in inventory["links"]}


def test_pci_functions_are_shown_where_qemu_has_them(
    cluster: Cluster, pci: PciFunctions
) -> None:
    for switch in (SEPARATE, TOGETHER):
        for address in pci.below(switch.bus):
            pci.bind(address, "sw_dma")

    inventory = AgentView(cluster).inspect()

    functions = {function["id"]: function for function in inventory["functions"]}
    for switch in (SEPARATE, TOGETHER):
        addresses = pci.below(switch.bus)
        assert len(addresses) == switch.functions
        shown = [functions[nacelle_id(address)] for address in addresses]
        for address, function in zip(addresses, shown):
            assert function["path"] == pci.path(address)
            assert function["numa"] == switch.node
            assert function["nearest"][0]["domain"] == f"dram-{switch.node}"
            assert (function["vendor"], function["device"]) == ("1234", "11e8")
            assert function["driver"] == "sw_dma"
        # /sys/devices/pci0000:40/ROOT PORT/UPSTREAM PORT/DOWNSTREAM PORT/FUNCTION
        parts = [function["path"].split("/") for function in shown]
        assert {len(part) for part in parts} == {8}
        assert len({tuple(part[:6]) for part in parts}) == 1
        assert len({part[6] for part in parts}) == switch.functions
    assert all(functions[nacelle_id(one)]["access"] == "sva" for one in pci.below(SEPARATE.bus))
    assert all(functions[nacelle_id(one)]["access"] != "sva" for one in pci.below(TOGETHER.bus))


def test_pci_functions_are_linked_peer_to_peer_where_nothing_redirects(
    cluster: Cluster, pci: PciFunctions
) -> None:
    for switch in (SEPARATE, TOGETHER):
        for address in pci.below(switch.bus):
            pci.bind(address, "sw_dma")
    assert len({pci.group(address) for address in pci.below(SEPARATE.bus)}) == 2
    assert len({pci.group(address) for address in pci.below(TOGETHER.bus)}) == 1

    links = linked(AgentView(cluster).inspect())

    first, second = (nacelle_id(address) for address in pci.below(TOGETHER.bus))
    assert links == {(first, second, "peer-to-peer"), (second, first, "peer-to-peer")}


def test_a_pod_computes_on_a_function_behind_a_switch(
    pods: Pods, pci: PciFunctions, accelerators: Accelerators
) -> None:
    address = pci.below(SEPARATE.bus)[0]
    pci.bind(address, "sw_sec")
    accelerators.wait_allocatable("sw-sec", 3)

    # Asks for all of its kind, to have this one among them.
    pod = pods.start("far", {"sw-sec": 3})
    functions = {function["id"]: function for function in pod.functions()["functions"]}
    function = functions[nacelle_id(address)]
    assert function["numa"] == SEPARATE.node
    (node,) = function["queues"][0]["nodes"]
    done = pod.run("swaccel-client", "--operation", "sha256", "--node", node)
    assert "sha256 1048576 bytes ok" in done

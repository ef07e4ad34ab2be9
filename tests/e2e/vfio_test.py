# SPDX-License-Identifier: Apache-2.0
"""A PCI function behind the emulated IOMMU, handed to a pod through vfio."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.agent_view import AgentView
from tests.e2e.pci import PciFunctions
from tests.e2e.pods import Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.machine import TOPOLOGY

(PORT,) = TOPOLOGY.ports

# What a user with hardware of their own writes.
HARDWARE = """\
version: 1
pci:
- {id: "1234:11e8", name: "educational device of QEMU", family: vfio, operations: [factorial]}
"""
POLICY = """\
apiVersion: nacelle.dev/v1alpha1
kind: AcceleratorPolicy
metadata: {name: default}
spec:
  offers:
  - {name: factorials, find: "factorial,family=vfio"}
"""


@pytest.fixture
def function(cluster: Cluster, pods: Pods) -> Iterator[str]:
    """The address of a function that vfio-pci has."""
    cluster.node.run("modprobe vfio-pci")
    pci = PciFunctions(cluster.node)
    (address,) = pci.below(PORT.bus)
    pci.bind(address, "vfio-pci")
    yield address
    pods.delete_all()
    pci.unbind_all()


@pytest.fixture
def offered(cluster: Cluster, accelerators: Accelerators, function: str) -> Iterator[str]:
    """The agent has a policy that offers it, and knows what it computes."""
    with cluster.agent_with({"policy.yaml": POLICY, "hardware.yaml": HARDWARE},
                            "--policy=/etc/nacelle/policy.yaml",
                            "--hardware=/etc/nacelle/hardware.yaml"):
        accelerators.wait_allocatable("factorials", 1)
        yield function
    accelerators.wait_all_back()


def test_without_a_policy_a_vfio_function_is_shown_and_not_offered(
    cluster: Cluster, function: str
) -> None:
    shown = AgentView(cluster).function("vfio-" + function.replace(":", "-").replace(".", "-"))
    assert shown and shown["health"] == "healthy", shown
    assert shown["interface"] == "vfio_1234_11e8"
    assert shown["access"] == "iommu"
    assert shown["numa"] == PORT.node
    group = PciFunctions(cluster.node).group(function)
    assert shown["queues"][0]["nodes"] == [f"/dev/vfio/{group}", "/dev/vfio/vfio"]
    assert not [name for name in cluster.api.node(cluster.node.name)["status"]["capacity"]
                if name.startswith("nacelle.dev/vfio")]


def test_a_pod_opens_the_vfio_group_that_it_was_given_and_computes(
    cluster: Cluster, offered: str, pods: Pods
) -> None:
    group = PciFunctions(cluster.node).group(offered)
    pod = pods.finish("driver", {"factorials": 1}, "vfio-edu", f"/dev/vfio/{group}", offered)
    assert pod.logs() == "5! = 120\n"

# SPDX-License-Identifier: Apache-2.0
"""CPUs and queues on one NUMA node, where the kubelet is asked to see to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.pods import Pod, Pods
from tests.support.cluster.cluster import Cluster


@pytest.fixture
def single_numa_node(
    cluster: Cluster, pods: Pods, accelerators: Accelerators
) -> Iterator[None]:
    cluster.node.set_topology_policy("single-numa-node")
    cluster.wait_for_nodes()
    accelerators.wait_all_back()
    yield
    pods.delete_all()
    cluster.node.set_topology_policy("none")
    cluster.wait_for_nodes()


@pytest.mark.usefixtures("single_numa_node")
def test_with_single_numa_node_cpu_and_queue_are_on_one_node(
    cluster: Cluster, pods: Pods
) -> None:
    first = pods.start("first", {"sw-zip": 1}, cpus=1)
    second = pods.start("second", {"sw-zip": 1}, cpus=1)

    used = {_numa_of_queue(pod) for pod in (first, second)}
    assert used == {0, 1}
    for pod in (first, second):
        assert _numa_of_cpus(cluster, pod) == {_numa_of_queue(pod)}


def _numa_of_queue(pod: Pod) -> int:
    (function,) = pod.functions()["functions"]
    return function["numa"]


def _numa_of_cpus(cluster: Cluster, pod: Pod) -> set[int]:
    allowed = _numbers(pod.run("sh", "-c", "grep Cpus_allowed_list /proc/self/status").split()[1])
    return {
        node
        for node in (0, 1)
        if allowed & _numbers(cluster.node.run(f"cat /sys/devices/system/node/node{node}/cpulist"))
    }


def _numbers(text: str) -> set[int]:
    """"0-2,5" → 0, 1, 2, 5."""
    found: set[int] = set()
    for part in text.strip().split(","):
        first, _, last = part.partition("-")
        found.update(range(int(first), int(last or first) + 1))
    return found

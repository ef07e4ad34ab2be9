# SPDX-License-Identifier: Apache-2.0
"""The three questions, asked by extended resources: each device is a pair of queues."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import own_sysfs
from tests.e2e.accelerators import Accelerators
from tests.e2e.node_policy import node_policy
from tests.e2e.pci import linked_pair
from tests.e2e.pods import PREFIX, Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.node_config import Function

HBM = 2
CLIENT = "swaccel-client"
# What is left for the third one: of zlib the queue on node 0, of memmove one
# there and one on node 2.
OFFERS = (
    {"name": "chained", "find": "sha256 + memmove chained"},
    {"name": "share-hbm", "find": "sha256 + zlib sharing hbm"},
    {"name": "near", "find": "memmove + zlib near numa:0"},
    {"name": "impossible", "find": "sha256 + zlib chained"},
)


@pytest.fixture(scope="module")
def pair(cluster: Cluster) -> Iterator[tuple[str, str]]:
    """The ids of a sha256 and a memmove function behind one switch, and the policy."""
    with linked_pair(cluster.node, "sw_sec", "sw_dma") as ids:
        with node_policy(cluster, *OFFERS):
            for name in ("chained", "share-hbm", "near"):
                Accelerators(cluster).wait_allocatable(name, 1)
            yield ids
    Accelerators(cluster).wait_all_back()


def test_a_pair_near_a_memory_is_on_its_node(pods: Pods, pair: tuple[str, str]) -> None:
    pod = pods.start("near", {"near": 1})

    places = own_sysfs.places(pod)
    assert list(places) == [Function("sw_dma", 0, 0).nacelle_id, Function("sw_zip", 0, 0).nacelle_id]
    assert {place.numa for place in places.values()} == {0}
    for operation in ("memmove", "zlib"):
        assert f"{operation} 1048576 bytes ok" in pod.run(CLIENT, "--operation", operation)


def test_a_pair_that_shares_hbm_is_where_the_hbm_is_reached_best(
    pods: Pods, pair: tuple[str, str]
) -> None:
    pod = pods.start("hbm", {"share-hbm": 1})

    places = own_sysfs.places(pod)
    assert list(places) == [Function("sw_sec", 1, 1).nacelle_id, Function("sw_zip", 1, 1).nacelle_id]
    assert {place.numa for place in places.values()} == own_sysfs.best_initiators(pod, HBM)
    for function in pod.functions()["functions"]:
        assert f"hbm-{HBM}" in [memory["domain"] for memory in function["nearest"]], function


def test_a_chained_pair_is_behind_one_switch_that_redirects_nothing(
    pods: Pods, pair: tuple[str, str]
) -> None:
    pod = pods.start("chained", {"chained": 1})

    places = own_sysfs.places(pod)
    assert set(places) == set(pair)
    assert len({place.switch() for place in places.values()}) == 1
    assert len({place.iommu_group for place in places.values()}) == 1
    assert (*pair, "peer-to-peer") in own_sysfs.links(pod)


def test_a_pod_keeps_its_pair_over_restarts_of_agent_kubelet_and_scheduler(
    cluster: Cluster, pods: Pods, pair: tuple[str, str]
) -> None:
    pod = pods.start("keeper", {"chained": 1})
    held, container = pod.function_ids(), pod.container["containerID"]

    cluster.kill_agent()
    cluster.node.restart("kubelet")
    cluster.wait_for_nodes()
    cluster.restart_scheduler()

    pod.wait_for_exec()
    assert pod.container["containerID"] == container
    assert pod.function_ids() == held == sorted(pair)
    assert (*pair, "peer-to-peer") in own_sysfs.links(pod)
    # What is left is scheduled as before, and nothing of the pair.
    Accelerators(cluster).wait_allocatable("near", 1)
    other = pods.start("other", {"near": 1})
    assert set(other.function_ids()).isdisjoint(held)


def test_a_pair_that_no_node_has_stays_pending_and_says_so(
    pods: Pods, pair: tuple[str, str]
) -> None:
    pod = pods.create("impossible", {"impossible": 1})

    pod.wait_until("a reason", 60, lambda one: f"Insufficient {PREFIX}impossible" in one.describe())
    assert pod.status["phase"] == "Pending"

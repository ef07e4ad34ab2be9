# SPDX-License-Identifier: Apache-2.0
"""The three questions, asked by claims of dynamic resource allocation."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import claims, own_sysfs
from tests.e2e.accelerators import Accelerators
from tests.e2e.claims import Claimants, on_numa, operation
from tests.e2e.pci import linked_pair
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.node_config import Function
from tests.support.cluster.process import wait_for

CLIENT = "swaccel-client"
HBM = 2
ZIP_1 = Function("sw_zip", 1, numa=1)
SEC_1 = Function("sw_sec", 1, numa=1)


@pytest.fixture(scope="module")
def through_dra(cluster: Cluster) -> Iterator[None]:
    with claims.everything_through_dra(cluster):
        yield
    Accelerators(cluster).wait_all_back(180)


@pytest.fixture
def claimants(cluster: Cluster, through_dra: None) -> Iterator[Claimants]:
    made = Claimants(cluster)
    yield made
    made.delete_all()


def test_a_pod_whose_claim_names_the_memory_computes_on_the_queue_beside_it(
    cluster: Cluster, claimants: Claimants
) -> None:
    pod = claimants.start("near", {"zip": operation("zlib", on_numa(1))})

    places = own_sysfs.places(pod)
    assert {function: place.numa for function, place in places.items()} == {ZIP_1.nacelle_id: 1}
    assert pod.run("ls", "/sys/class/uacce").split() == pod.device_nodes()
    assert pod.run("sh", "-c", "cd /dev && ls -d sw_*").split() == pod.device_nodes()
    assert "zlib 1048576 bytes ok" in pod.run(CLIENT, "--operation", "zlib")


def test_a_pod_that_is_not_root_computes_on_its_claims_queue(
    cluster: Cluster, claimants: Claimants
) -> None:
    pod = claimants.start("user", {"zip": operation("zlib")}, user=1000)

    assert pod.run("id", "-u").strip() == "1000"
    assert "zlib 1048576 bytes ok" in pod.run(CLIENT, "--operation", "zlib")


def test_two_queues_that_share_hbm_are_found_by_one_claim(
    cluster: Cluster, claimants: Claimants
) -> None:
    requests = {"zip": operation("zlib"), "sec": operation("sha256")}
    pod = claimants.start("hbm", requests, match="nacelle.dev/hbmDomain")

    places = own_sysfs.places(pod)
    assert set(places) == {SEC_1.nacelle_id, ZIP_1.nacelle_id}
    assert {place.numa for place in places.values()} == own_sysfs.best_initiators(pod, HBM)
    for name in ("zlib", "sha256"):
        assert f"{name} 1048576 bytes ok" in pod.run(CLIENT, "--operation", name)


def test_two_queues_that_can_be_chained_are_behind_one_switch(
    cluster: Cluster, claimants: Claimants
) -> None:
    requests = {"sec": operation("sha256"), "dma": operation("memmove")}
    with linked_pair(cluster.node, "sw_sec", "sw_dma") as pair:
        pod = claimants.start("chained", requests, match="nacelle.dev/chainDomain")
        places = own_sysfs.places(pod)
        assert set(places) == set(pair)
        assert len({place.switch() for place in places.values()}) == 1
        assert len({place.iommu_group for place in places.values()}) == 1
        assert (*pair, "peer-to-peer") in own_sysfs.links(pod)
        claimants.delete_all()
    wait_for("six devices", lambda: len(claims.devices(cluster)) == 6, 60)


def test_what_no_two_queues_can_do_stays_pending_and_says_so(
    cluster: Cluster, claimants: Claimants
) -> None:
    requests = {"zip": operation("zlib"), "sec": operation("sha256")}
    pod = claimants.create("impossible", requests, match="nacelle.dev/chainDomain")

    pod.wait_until("a reason", 60, lambda one: "cannot allocate all claims" in one.describe())
    assert pod.status["phase"] == "Pending"


def test_the_claim_says_what_its_devices_are(cluster: Cluster, claimants: Claimants) -> None:
    pod = claimants.start("status", {"zip": operation("zlib", on_numa(1))})

    wait_for("the claim's status", lambda: claims.claim_of(cluster, pod)["status"].get("devices"), 30)
    (device,) = claims.claim_of(cluster, pod)["status"]["devices"]
    assert device["driver"] == "nacelle.dev"
    (function,) = device["data"]["functions"]
    assert function["id"] == ZIP_1.nacelle_id
    assert "zlib" in function["operations"]


def test_agent_and_kubelet_restart_under_a_pod_with_a_claim(
    cluster: Cluster, claimants: Claimants
) -> None:
    before = claimants.start("before", {"zip": operation("zlib")})
    slices = claims.generation(cluster)
    started = before.container["state"]["running"]["startedAt"]

    cluster.kill_agent()
    assert claims.generation(cluster) == slices
    assert "zlib 1048576 bytes ok" in before.run(CLIENT, "--operation", "zlib")

    cluster.node.restart("kubelet")
    cluster.wait_for_nodes()
    wait_for("the slices again", lambda: len(claims.devices(cluster)) == 6, 60)
    assert "zlib 1048576 bytes ok" in before.run(CLIENT, "--operation", "zlib")
    assert before.container["state"]["running"]["startedAt"] == started

    after = claimants.start("after", {"zip": operation("zlib")})
    assert set(after.function_ids()).isdisjoint(before.function_ids())


def test_a_function_that_goes_leaves_the_slices_and_one_that_comes_is_scheduled(
    cluster: Cluster, claimants: Claimants
) -> None:
    waiting = claimants.create("waiting", {"a": operation("zlib"), "b": operation("zlib"), "c": operation("zlib")})
    waiting.wait_until("a reason", 60, lambda one: "cannot allocate all claims" in one.describe())
    extra = Function("sw_zip", 7, numa=0)
    cluster.node.add_function(extra)
    try:
        waiting.wait_phase("Running", seconds=60)
        assert extra.nacelle_id in waiting.function_ids()
    finally:
        claimants.delete_all()
        cluster.node.delete_function(extra)
    wait_for("six devices", lambda: len(claims.devices(cluster)) == 6, 60)


def test_when_the_pod_is_gone_nothing_of_its_claim_is_left(
    cluster: Cluster, claimants: Claimants
) -> None:
    claimants.start("leaving", {"zip": operation("zlib")})
    assert cluster.node.run("ls /var/run/cdi").strip().startswith("nacelle.dev-claim-")

    claimants.delete_all()
    left = "ls /var/run/cdi /var/lib/nacelle/claims /var/lib/nacelle/claim-views | grep -v :"
    wait_for("nothing left", lambda: not cluster.node.run(f"{left} || true").strip(), 60)

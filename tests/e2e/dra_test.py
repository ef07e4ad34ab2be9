# SPDX-License-Identifier: Apache-2.0
"""The three questions, asked by claims of dynamic resource allocation."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.e2e import claims, own_sysfs
from tests.e2e.accelerators import Accelerators
from tests.e2e.claims import Claimants, on_numa, operation
from tests.e2e.fpga import SEC, ZIP, software_fpga
from tests.e2e.node_policy import NodePolicy
from tests.e2e.pci import linked_pair
from tests.e2e.pods import PREFIX, Pod, Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.node_config import Function
from tests.support.cluster.process import wait_for
from tests.support.vm.fpga_image import image

CLIENT = "swaccel-client"
HBM = 2
# After the contents that a claim waits for are there: what the documents say.
SCHEDULED_WITHIN = 10
# In this time the agent has looked at least twice for claims that are gone.
LOOKS = 40
ZIP_1 = Function("sw_zip", 1, numa=1)
SEC_1 = Function("sw_sec", 1, numa=1)


@pytest.fixture(scope="module")
def through_dra(cluster: Cluster) -> Iterator[NodePolicy]:
    with claims.everything_through_dra(cluster) as policy:
        yield policy
    Accelerators(cluster).wait_all_back(180)


@pytest.fixture
def policy(cluster: Cluster, through_dra: NodePolicy) -> Iterator[NodePolicy]:
    """To be changed; then it is again as it was."""
    yield through_dra
    through_dra.set(*claims.OFFERS)
    wait_for("six devices", lambda: len(claims.devices(cluster)) == 6, 180)


@pytest.fixture
def claimants(cluster: Cluster, through_dra: NodePolicy) -> Iterator[Claimants]:
    made = Claimants(cluster)
    yield made
    made.delete_all()


@pytest.fixture
def admin_namespace(cluster: Cluster) -> Iterator[None]:
    label = "resource.kubernetes.io/admin-access"
    cluster.kubectl.run("label", "namespace", "default", f"{label}=true")
    yield
    cluster.kubectl.run("label", "namespace", "default", f"{label}-")


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


def test_agent_kubelet_and_scheduler_restart_under_a_pod_with_a_claim(
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

    cluster.restart_scheduler()
    after = claimants.start("after", {"zip": operation("zlib")})
    assert set(after.function_ids()).isdisjoint(before.function_ids())


def test_contents_that_an_fpga_was_given_are_scheduled_and_those_before_are_not(
    cluster: Cluster, claimants: Claimants
) -> None:
    zips = {name: operation("zlib") for name in ("a", "b", "c")}
    with software_fpga(cluster.node) as card:
        card.load(0, image(SEC, "sw_sec"))
        wait_for("its sha256", lambda: "uacce-sw-sec-60000" in claims.devices(cluster), 60)
        waiting = claimants.create("waiting", zips)
        waiting.wait_until("a reason", 60, lambda one: "cannot allocate all claims" in one.describe())
        cluster.restart_scheduler()

        card.load(0, image(ZIP, "sw_zip"))
        loaded = time.time()

        waiting.wait_phase("Running", seconds=60)
        assert waiting.scheduled_at() - loaded <= SCHEDULED_WITHIN
        assert "uacce-sw-zip-60000" in waiting.function_ids()
        assert "uacce-sw-sec-60000" not in claims.devices(cluster)
        claimants.delete_all()
    wait_for("six devices", lambda: len(claims.devices(cluster)) == 6, 60)


def test_a_pod_that_asks_for_the_extended_resource_gets_a_queue_by_a_claim(
    cluster: Cluster, policy: NodePolicy, pods: Pods
) -> None:
    claimant = pods.start("claimant", {"zip": 1})
    served = claimant.status["extendedResourceClaimStatus"]
    assert served["requestMappings"][0]["resourceName"] == PREFIX + "zip"
    assert "zlib 1048576 bytes ok" in claimant.run(CLIENT, "--operation", "zlib")

    # The name changes its route for the queue that is free; the other one stays.
    policy.set(*({**one, "through": "devicePlugin"} for one in claims.OFFERS))
    Accelerators(cluster).wait_allocatable("zip", 1)
    held = claimant.function_ids()
    wait_for("its device alone", lambda: list(claims.devices(cluster)) == held, 60)
    assert "zlib 1048576 bytes ok" in claimant.run(CLIENT, "--operation", "zlib")


def test_a_name_goes_by_claims_when_nobody_holds_it_by_the_device_plugin_any_more(
    cluster: Cluster, policy: NodePolicy, pods: Pods
) -> None:
    policy.set(*({**one, "through": "devicePlugin"} for one in claims.OFFERS))
    Accelerators(cluster).wait_allocatable("zip", 2)
    holder = pods.start("holder", {"zip": 1})

    policy.set(*claims.OFFERS)
    wait_for("the devices of other names", lambda: len(claims.devices(cluster)) == 4, 180)
    assert not [name for name in claims.devices(cluster) if name.startswith("uacce-sw-zip")]
    assert "zlib 1048576 bytes ok" in holder.run(CLIENT, "--operation", "zlib")

    pods.delete_all()
    wait_for("all devices", lambda: len(claims.devices(cluster)) == 6, 180)


def test_an_isolated_function_is_tainted_and_the_pod_that_has_it_is_told(
    cluster: Cluster, claimants: Claimants
) -> None:
    holder = claimants.start("holder", {"zip": operation("zlib", on_numa(1))})
    fault = "/sys/devices/platform/sw_zip.1/fault_injection/isolate"

    cluster.node.run(f"echo 1 >{fault}")
    try:
        wait_for("the taint", lambda: taints(cluster) == [("nacelle.dev/unhealthy", "NoSchedule")], 60)
        holder.wait_until("the device's health", 60, lambda pod: healths(pod) == ["Unhealthy"])
    finally:
        cluster.node.run(f"echo 0 >{fault}")
    wait_for("no taint", lambda: not taints(cluster), 60)
    holder.wait_until("the device's health", 60, lambda pod: healths(pod) == ["Healthy"])


def taints(cluster: Cluster) -> list[tuple[str, str]]:
    """Key and effect of all that the zlib queue of node 1 has."""
    device = claims.devices(cluster)[ZIP_1.nacelle_id]
    return [(taint["key"], taint["effect"]) for taint in device.get("taints", [])]


def healths(pod: Pod) -> list[str]:
    """As the kubelet tells them of the devices of its container."""
    allocated = pod.container.get("allocatedResourcesStatus", [])
    return [resource["health"] for one in allocated for resource in one.get("resources", [])]


def test_who_only_looks_has_a_queue_beside_its_user(
    cluster: Cluster, claimants: Claimants, admin_namespace: None
) -> None:
    beside = {"zip": operation("zlib", on_numa(1))}
    user = claimants.start("user", beside)
    admin = claimants.start("admin", beside, admin=True)

    assert admin.function_ids() == user.function_ids() == [ZIP_1.nacelle_id]
    assert "zlib 1048576 bytes ok" in user.run(CLIENT, "--operation", "zlib")
    second = claimants.create("second", beside)
    second.wait_until("a reason", 60, lambda one: "cannot allocate all claims" in one.describe())


def test_a_claim_removed_by_force_keeps_its_queue_until_its_pod_ends(
    cluster: Cluster, claimants: Claimants
) -> None:
    beside = {"zip": operation("zlib", on_numa(1))}
    holder = claimants.start("holder", beside)
    name = claims.claim_of(cluster, holder)["metadata"]["name"]

    cluster.kubectl.run("delete", "resourceclaim", name, "--wait=false")
    words = ("patch", "resourceclaim", name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}')
    cluster.kubectl.run(*words)
    # The scheduler has forgotten it.
    other = claimants.create("other", beside)
    refusal = f"held by claim default/{name}"
    other.wait_until("a refusal", 90, lambda one: one.describe().count(refusal) > 0)
    time.sleep(LOOKS)
    assert other.status["phase"] == "Pending"
    assert "zlib 1048576 bytes ok" in holder.run(CLIENT, "--operation", "zlib")

    cluster.kubectl.run("delete", "pod", holder.name, timeout=120)
    other.wait_phase("Running", seconds=180)
    assert other.function_ids() == [ZIP_1.nacelle_id]


def test_shares_of_a_queue_are_a_capacity_that_claims_consume(
    cluster: Cluster, policy: NodePolicy, claimants: Claimants
) -> None:
    policy.set({"name": "zip", "find": "zlib", "through": "dra", "sharesPerQueue": 2})
    wait_for("two devices", lambda: len(claims.devices(cluster)) == 2, 60)
    shared = claims.devices(cluster)[ZIP_1.nacelle_id]
    assert shared["allowMultipleAllocations"] and shared["capacity"]["shares"]["value"] == "2"

    beside = {"zip": operation("zlib", on_numa(1))}
    both = [claimants.start(name, beside) for name in ("first", "second")]
    third = claimants.create("third", beside)

    for pod in both:
        assert pod.function_ids() == [ZIP_1.nacelle_id]
        assert "zlib 1048576 bytes ok" in pod.run(CLIENT, "--operation", "zlib")
    third.wait_until("a reason", 60, lambda one: "cannot allocate all claims" in one.describe())


def test_when_the_pod_is_gone_nothing_of_its_claim_is_left(
    cluster: Cluster, claimants: Claimants
) -> None:
    claimants.start("leaving", {"zip": operation("zlib")})
    assert cluster.node.run("ls /var/run/cdi").strip().startswith("nacelle.dev-claim-")

    claimants.delete_all()
    left = "ls /var/run/cdi /var/lib/nacelle/claims /run/nacelle/claim-views | grep -v :"
    wait_for("nothing left", lambda: not cluster.node.run(f"{left} || true").strip(), 60)

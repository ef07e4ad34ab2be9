# SPDX-License-Identifier: Apache-2.0
"""Two real nodes: one that is added, a policy that goes from one to the other, and a drain."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.installed import CLIENT, IN_NAMESPACE, READY, bring_images, nacelle
from tests.e2e.pods import PREFIX, Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.helm import CHART, NAMESPACE, RELEASE, Helm
from tests.support.cluster.node import Node
from tests.support.cluster.process import Process, wait_for

POLICY = "/apis/nacelle.dev/v1alpha1/acceleratorpolicies/fleet"
OBJECTS = "/apis/nacelle.dev/v1alpha1/nodeaccelerators"
SECONDS = 120


@pytest.fixture(scope="module")
def second(cluster: Cluster, helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """The chart is installed with a policy for all nodes; then there is another node."""
    helm.run("install", RELEASE, str(CHART), *IN_NAMESPACE, "--create-namespace", *READY)
    cluster.kubectl.run("label", "namespace", NAMESPACE, "pod-security.kubernetes.io/enforce=privileged")
    _apply(cluster, "compression")
    wait_for("the policy on the first node", lambda: _ready(cluster) == 1, SECONDS)
    node = cluster.add_node()
    bring_images(node, tmp_path_factory.mktemp("images"))
    yield node
    # While there is an operator: without one, nodes keep the policy that they have.
    cluster.kubectl.run("delete", "acceleratorpolicy", "fleet")
    Accelerators(cluster).wait_all_back(180)
    cluster.remove_node(node)


def test_a_node_that_is_added_has_the_policy_and_computes(cluster: Cluster, second: Node, pods: Pods) -> None:
    wait_for("the policy on both", lambda: _ready(cluster) == 2, SECONDS, why_not=lambda: nacelle(cluster, "doctor"))
    _wait_offered(cluster, second.name, "compression")
    pods.finish("on-the-second", {"compression": 1}, CLIENT, "--operation", "zlib", node=second.name)
    listed = nacelle(cluster, "find", "zlib")
    assert all(f"{node.name}  " in listed for node in cluster.nodes), listed
    assert nacelle(cluster, "doctor").startswith("Nothing is wrong")


def test_a_policy_that_the_first_node_refuses_reaches_no_other_whoever_leads_and_goes_back(
    cluster: Cluster, second: Node, tmp_path: Path
) -> None:
    before = _generations(cluster)
    # More than a queue has instances: only the node knows.
    _apply(cluster, "compression", sharesPerQueue=64)
    wait_for("a refusal", lambda: _condition(cluster, "Degraded")["reason"] == "Refused", SECONDS)
    (reached,) = [name for name, generation in _generations(cluster).items() if generation != before[name]]
    (other,) = {node.name for node in cluster.nodes} - {reached}
    assert reached in _condition(cluster, "Degraded")["message"]
    assert _condition(cluster, "Progressing")["message"] == f"{other} waits until {reached} is ready"

    path = "jsonpath={.spec.policy.generation}{'\\n'}"
    words = ("get", "nacc", other, "--watch", "-o", path, "--kubeconfig", str(cluster.kubeconfig))
    watch = Process("watch", [str(cluster.kubectl.binary), *words], tmp_path / "generations")
    try:
        leader = _leader(cluster)
        cluster.kubectl.run("delete", "pod", leader, *IN_NAMESPACE, "--force", "--grace-period=0")
        wait_for("another one to lead", lambda: _leader(cluster) not in ("", leader), SECONDS)
        for node in cluster.nodes:
            assert _offered(cluster, node.name, "compression") == 2, "the last good policy stays in force"
        _apply(cluster, "compression")
        wait_for("both to be well", lambda: _ready(cluster) == 2, SECONDS, why_not=lambda: nacelle(cluster, "doctor"))
    finally:
        watch.stop()
    last = cluster.api.get(POLICY)["metadata"]["generation"]
    assert set(_generations(cluster).values()) == {last}
    assert set((tmp_path / "generations").read_text(encoding="utf-8").split()) == {str(before[other]), str(last)}
    assert _condition(cluster, "Degraded")["status"] == "False"


def test_a_policy_is_on_one_node_after_the_other(cluster: Cluster, second: Node, tmp_path: Path) -> None:
    path = "jsonpath={.metadata.name} {.spec.policy.generation} {.status.policy.generation}{'\\n'}"
    words = ("get", "nacc", "--watch", "-o", path, "--kubeconfig", str(cluster.kubeconfig))
    watch = Process("watch", [str(cluster.kubectl.binary), *words], tmp_path / "nodes")
    try:
        _apply(cluster, "squeezing")
        for node in cluster.nodes:
            _wait_offered(cluster, node.name, "squeezing")
        wait_for("both to be well", lambda: _ready(cluster) == 2, SECONDS)
    finally:
        watch.stop()
    last = str(cluster.api.get(POLICY)["metadata"]["generation"])
    rows = [line.split() for line in (tmp_path / "nodes").read_text(encoding="utf-8").splitlines()]
    first = next(name for name, wanted, _ in rows if wanted == last)
    has_it = next(i for i, (name, _, has) in enumerate(rows) if name == first and has == last)
    others = [i for i, (name, wanted, _) in enumerate(rows) if name != first and wanted == last]
    assert has_it < others[0], rows


def test_a_node_that_is_drained_removed_and_added_again_is_followed(cluster: Cluster, second: Node, pods: Pods) -> None:
    node = second.name
    pod = pods.start("drained", {"squeezing": 1}, node=node)
    wait_for("the holder", lambda: pod.name in nacelle(cluster, "who"), SECONDS, every=1)
    cluster.kubectl.run("drain", node, "--ignore-daemonsets", "--force", timeout=180)
    wait_for("the holder to be gone", lambda: pod.name not in nacelle(cluster, "who"), SECONDS, every=1)
    assert f"{node} " not in nacelle(cluster, "find", "zlib"), "it is cordoned"
    first = _uid(cluster, node)
    second.hold("kubelet")
    cluster.kubectl.run("delete", "node", node)
    wait_for("its object to go", lambda: not _uid(cluster, node), 180, every=1)
    wait_for("the policy to count one", lambda: cluster.api.get(POLICY)["status"]["nodes"]["selected"] == 1, SECONDS)
    wait_for("it to be listed no more", lambda: f"{node} " not in nacelle(cluster, "nodes"), SECONDS, every=1)
    # It comes back by itself, as a machine that is made anew does.
    second.release("kubelet")
    cluster.wait_for_nodes()
    _wait_offered(cluster, node, "squeezing")
    wait_for("the policy on both", lambda: _ready(cluster) == 2, SECONDS)
    assert _uid(cluster, node) not in ("", first)
    owner = cluster.kubectl.run("get", "nacc", node, "-o", "jsonpath={.metadata.ownerReferences[0].uid}")
    assert owner == cluster.api.node(node)["metadata"]["uid"]
    wait_for("its labels", lambda: f"{PREFIX}squeezing" in cluster.api.node(node)["metadata"]["labels"], SECONDS)
    pods.finish("after-adding", {"squeezing": 1}, CLIENT, "--operation", "zlib", node=node)


def _apply(cluster: Cluster, name: str, **offer: int) -> None:
    head = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "AcceleratorPolicy", "metadata": {"name": "fleet"}}
    cluster.kubectl.apply(head | {"spec": {"offers": [{"name": name, "find": "zlib"} | offer]}})


def _ready(cluster: Cluster) -> int:
    """Nodes that have the policy as it is now."""
    found = cluster.api.get(POLICY)
    status = found.get("status", {})
    if status.get("observedGeneration") != found["metadata"]["generation"]:
        return 0
    return status["nodes"]["ready"]


def _condition(cluster: Cluster, kind: str) -> dict[str, str]:
    found = cluster.api.get(POLICY)["status"]["conditions"]
    return next(one for one in found if one["type"] == kind)


def _generations(cluster: Cluster) -> dict[str, int]:
    """Of the policy that is meant for each node."""
    return {one["metadata"]["name"]: one["spec"]["policy"]["generation"] for one in cluster.api.get(OBJECTS)["items"]}


def _offered(cluster: Cluster, node: str, name: str) -> int:
    return int(cluster.api.node(node)["status"]["allocatable"].get(PREFIX + name, 0))


def _wait_offered(cluster: Cluster, node: str, name: str) -> None:
    wait_for(f"{name} on {node}", lambda: _offered(cluster, node, name) == 2, 180, 1, lambda: nacelle(cluster, "doctor"))


def _leader(cluster: Cluster) -> str:
    path = "jsonpath={.spec.holderIdentity}"
    return cluster.kubectl.run("get", "lease", "nacelle-operator", *IN_NAMESPACE, "-o", path)


def _uid(cluster: Cluster, node: str) -> str:
    """Of the node's NodeAccelerators; empty when there is none."""
    return cluster.kubectl.run("get", "nacc", node, "--ignore-not-found", "-o", "jsonpath={.metadata.uid}")

# SPDX-License-Identifier: Apache-2.0
"""What running pods notice when a part of the node starts anew: nothing."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.pods import Pod, Pods, pod_spec
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.process import wait_for

CLIENT = ("swaccel-client", "--operation", "zlib")
# Seconds between two Lists without a grant's devices, after which it goes.
_GRANT_GOES = 60
_APP = {"app": "controlled"}


def test_running_pods_keep_their_queues_when_the_kubelet_restarts(
    cluster: Cluster, pods: Pods, accelerators: Accelerators
) -> None:
    def restart() -> None:
        cluster.node.restart("kubelet")
        # What the node's status says until then is from before.
        cluster.wait_for_nodes()

    _keeps_its_queue(pods, accelerators, restart)


def test_running_pods_keep_their_queues_while_a_new_kubelet_cannot_hear_of_them(
    cluster: Cluster, pods: Pods, accelerators: Accelerators
) -> None:
    """For longer than it takes until a grant is gone whose pod is not named."""
    keeper = pods.start("keeper", {"sw-zip": 1})
    held = keeper.function_ids()
    views = "ls /var/lib/nacelle/grants/* /var/lib/nacelle/views/*"
    before = cluster.node.run(views)

    with cluster.without_api_server():
        cluster.node.restart("kubelet")
        time.sleep(_GRANT_GOES + 10)
        assert cluster.node.run(views) == before

    cluster.wait_for_nodes()
    accelerators.wait_all_back()
    # The kubelet hears of its pods, and answers for them, somewhat later.
    said = "has yet to hear of its pods"
    wait_for("the agent's log", lambda: said in cluster.agent_logs(), 60, 1, cluster.agent_logs)
    keeper.wait_for_exec()
    assert keeper.container["restartCount"] == 0
    keeper.run(*CLIENT)
    second = pods.start("second", {"sw-zip": 1})
    assert set(second.function_ids()).isdisjoint(held)


def test_running_pods_keep_their_queues_when_the_agent_is_killed(
    cluster: Cluster, pods: Pods, accelerators: Accelerators
) -> None:
    _keeps_its_queue(pods, accelerators, cluster.kill_agent)


def test_running_pods_keep_their_queues_when_containerd_restarts(
    cluster: Cluster, pods: Pods, accelerators: Accelerators
) -> None:
    _keeps_its_queue(pods, accelerators, lambda: cluster.node.restart("containerd"))


def test_after_a_power_cut_a_controllers_pods_run_on_queues_of_the_same_names(
    cluster: Cluster, accelerators: Accelerators, deployment: str
) -> None:
    before = {pod.name: pod.container["containerID"] for pod in _ready(cluster, set())}
    ids = _all_ids(_ready(cluster, set()))

    cluster.node.power_cycle()
    cluster.wait_for_nodes()
    cluster.wait_for_agent()

    accelerators.wait_all_back(120)
    old = set(before.values())
    wait_for(f"the pods of {deployment}", lambda: len(_ready(cluster, old)) == 2, 180, 1)
    again = _ready(cluster, old)
    assert _all_ids(again) == ids
    for pod in again:
        pod.run(*CLIENT)


@pytest.fixture
def deployment(cluster: Cluster) -> Iterator[str]:
    """Two pods of a controller, which hold all queues of their kind."""
    template = {"metadata": {"labels": _APP}, "spec": pod_spec({"sw-zip": 1}, restart="Always")}
    cluster.kubectl.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "controlled", "namespace": "default"},
            "spec": {"replicas": 2, "selector": {"matchLabels": _APP}, "template": template},
        }
    )
    wait_for("two pods", lambda: len(_ready(cluster, set())) == 2, 180, 0.5)
    yield "controlled"
    cluster.kubectl.run("delete", "deployment", "controlled", "--cascade=foreground")


def _keeps_its_queue(
    pods: Pods, accelerators: Accelerators, restart: Callable[[], None]
) -> None:
    keeper = pods.start("keeper", {"sw-zip": 1})
    held, container = keeper.function_ids(), keeper.container["containerID"]

    restart()

    accelerators.wait_all_back()
    # The kubelet dials a containerd that was away after some seconds only.
    keeper.wait_for_exec()
    assert keeper.container["containerID"] == container
    assert keeper.container["restartCount"] == 0
    keeper.run(*CLIENT)
    second = pods.start("second", {"sw-zip": 1})
    assert set(second.function_ids()).isdisjoint(held)


def _ready(cluster: Cluster, old: set[str]) -> list[Pod]:
    """The controller's pods that are ready, in containers that are not old."""
    return [
        Pod(cluster, pod["metadata"]["name"])
        for pod in cluster.api.pods("app=controlled")
        if "deletionTimestamp" not in pod["metadata"]
        for container in pod["status"].get("containerStatuses", [])
        if container["ready"] and container["containerID"] not in old
    ]


def _all_ids(pods: list[Pod]) -> list[str]:
    return sorted(identifier for pod in pods for identifier in pod.function_ids())

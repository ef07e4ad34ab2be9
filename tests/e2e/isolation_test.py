# SPDX-License-Identifier: Apache-2.0
"""What a pod sees of the accelerators: its own, and nothing else."""

from __future__ import annotations

from tests.e2e.accelerators import Accelerators
from tests.e2e.pods import Pods
from tests.support.cluster.cluster import Cluster


def test_a_pod_sees_exactly_its_own_device(pods: Pods) -> None:
    pod = pods.start("own", {"sw-zip": 1})
    (own,) = pod.device_nodes()

    assert pod.run("ls", "/sys/class/uacce").split() == [own]
    assert pod.run("sh", "-c", "cd /dev && ls -d sw_*").split() == [own]
    assert pod.run("cat", f"/sys/class/uacce/{own}/api").strip() == "swaccel_v1"


def test_opening_another_device_through_mknod_is_refused(
    cluster: Cluster, pods: Pods
) -> None:
    pod = pods.start("mknod", {"sw-zip": 1})
    (own,) = pod.device_nodes()
    others = set(cluster.node.run("ls /sys/class/uacce").split()) - {own}

    for name in sorted(others):
        number = cluster.node.run(f"cat /sys/class/uacce/{name}/dev").strip().replace(":", " ")
        pod.run("sh", "-c", f"mknod /tmp-{name} c {number}")
        opened = pod.attempt("sh", "-c", f": < /tmp-{name}")
        assert opened.returncode != 0
        assert "Operation not permitted" in opened.stderr


def test_two_pods_do_not_see_one_anothers_queue_and_a_third_stays_pending(
    pods: Pods, accelerators: Accelerators
) -> None:
    assert accelerators.allocatable("sw-zip") == 2
    first = pods.start("first", {"sw-zip": 1})
    second = pods.start("second", {"sw-zip": 1})
    third = pods.create("third", {"sw-zip": 1})

    assert set(first.function_ids()).isdisjoint(second.function_ids())
    for pod in (first, second):
        assert pod.run("ls", "/sys/class/uacce").split() == pod.device_nodes()

    third.wait_until("the scheduler's reason", 30, lambda pod: pod.status.get("conditions"))
    (scheduled,) = [c for c in third.status["conditions"] if c["type"] == "PodScheduled"]
    assert scheduled["status"] == "False"
    assert "Insufficient nacelle.dev/sw-zip" in scheduled["message"]

    pods.delete(first)
    third.wait_phase("Running")
    assert set(third.function_ids()).isdisjoint(second.function_ids())

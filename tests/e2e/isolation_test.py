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
    number = pod.run("cat", f"/sys/class/uacce/{own}/dev").strip()
    assert pod.run("ls", "/dev/char").split() == [number]
    assert pod.run("readlink", "-f", f"/dev/char/{number}").strip() == f"/dev/{own}"


def test_opening_another_device_through_mknod_is_refused(
    cluster: Cluster, pods: Pods
) -> None:
    pod = pods.start("mknod", {"sw-zip": 1})
    (own,) = pod.device_nodes()
    numbers = cluster.node.run("cd /sys/class/uacce && grep . */dev").split()
    others = [number.partition(":")[2] for number in numbers if not number.startswith(f"{own}/")]
    assert others

    for number in others:
        path = f"/other-{number.replace(':', '-')}"
        make_and_open = f"mknod {path} c {number.replace(':', ' ')} && echo made && : < {path}"
        opened = pod.attempt("sh", "-c", make_and_open)
        assert opened.stdout == "made\n"
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

    third.wait_until("the scheduler's reason", 60, lambda pod: pod.status.get("conditions"))
    (scheduled,) = [c for c in third.status["conditions"] if c["type"] == "PodScheduled"]
    assert scheduled["status"] == "False"
    assert "Insufficient nacelle.dev/sw-zip" in scheduled["message"]

    pods.delete(first)
    third.wait_phase("Running")
    assert set(third.function_ids()).isdisjoint(second.function_ids())

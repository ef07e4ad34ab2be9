# SPDX-License-Identifier: Apache-2.0
"""Pods that ask for accelerators, as a user would write them."""

from __future__ import annotations

import json
import subprocess
from datetime import datetime
from typing import Any

from tests.support.cluster import images
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.process import wait_for

PREFIX = "nacelle.dev/"
# Ends at once when it is asked to; a plain sleep as process 1 does not.
IDLE = ("sh", "-c", "trap 'exit 0' TERM; sleep 1000000 & wait")
_SECONDS = 180


class Pod:
    """A pod in the cluster."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self._api = cluster.api
        self._kubectl = cluster.kubectl
        self.name = name

    def object(self) -> dict[str, Any]:
        return self._api.pod(self.name)

    @property
    def status(self) -> dict[str, Any]:
        return self.object()["status"]

    @property
    def container(self) -> dict[str, Any]:
        """The status of its only container."""
        (only,) = self.status.get("containerStatuses", [{}])
        return only

    def scheduled_at(self) -> float:
        """When a node was found for it, in seconds since 1970; the API tells whole ones."""
        (condition,) = [one for one in self.status["conditions"] if one["type"] == "PodScheduled"]
        assert condition["status"] == "True", condition
        return datetime.fromisoformat(condition["lastTransitionTime"]).timestamp()

    def wait_phase(self, *phases: str, seconds: float = _SECONDS) -> str:
        return wait_for(
            f"pod {self.name} to be {' or '.join(phases)}",
            lambda: next((phase for phase in phases if phase == self.status["phase"]), None),
            seconds,
            why_not=self.describe,
        )

    def wait_until(self, what: str, seconds: float, holds: Any) -> None:
        wait_for(
            f"{what} of {self.name}", lambda: holds(self), seconds, 0.5, why_not=self.describe
        )

    def wait_for_exec(self) -> None:
        """A kubelet that has started serves it somewhat later."""
        wait_for("exec into the pod", lambda: self.attempt("true").returncode == 0, 60, 1)

    def attempt(self, *command: str, seconds: float = 120) -> subprocess.CompletedProcess[str]:
        """Runs something in the container, which may fail."""
        return self._kubectl.attempt("exec", self.name, "--", *command, timeout=seconds)

    def run(self, *command: str, seconds: float = 120) -> str:
        return self._kubectl.run("exec", self.name, "--", *command, timeout=seconds)

    def logs(self) -> str:
        return self._kubectl.run("logs", self.name)

    def describe(self) -> str:
        described = self._kubectl.attempt("describe", "pod", self.name).stdout
        return described + self._kubectl.attempt("logs", self.name).stdout

    def functions(self) -> dict[str, Any]:
        """What the container finds in its functions.json."""
        return json.loads(self.run("sh", "-c", 'cat "$NACELLE_FUNCTIONS"'))

    def function_ids(self) -> list[str]:
        return sorted(function["id"] for function in self.functions()["functions"])

    def device_nodes(self) -> list[str]:
        """Names in /dev, as functions.json gives them."""
        return sorted(
            path.removeprefix("/dev/")
            for function in self.functions()["functions"]
            for queue in function["queues"]
            for path in queue["nodes"]
        )


class Pods:
    """Makes pods and forgets none."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._kubectl = cluster.kubectl
        self._made: list[Pod] = []

    def create(self, name: str, resources: dict[str, int], **options: Any) -> Pod:
        self._kubectl.apply(manifest(name, resources, **options))
        pod = Pod(self._cluster, name)
        self._made.append(pod)
        return pod

    def start(self, name: str, resources: dict[str, int], **options: Any) -> Pod:
        """The same, and waits until it runs."""
        pod = self.create(name, resources, **options)
        pod.wait_phase("Running")
        return pod

    def finish(self, name: str, resources: dict[str, int], *command: str, **options: Any) -> Pod:
        """Runs a pod to its good end."""
        pod = self.create(name, resources, command=command, **options)
        phase = pod.wait_phase("Succeeded", "Failed")
        assert phase == "Succeeded", pod.describe()
        return pod

    def delete(self, pod: Pod) -> None:
        """Returns when the kubelet has let go of it, too."""
        self._kubectl.run("delete", "pod", pod.name, "--ignore-not-found", timeout=_SECONDS)
        self._made.remove(pod)

    def delete_all(self) -> None:
        names = [pod.name for pod in self._made]
        if names:
            self._kubectl.run("delete", "pod", *names, "--ignore-not-found", timeout=_SECONDS)
        self._made.clear()


def manifest(
    name: str,
    resources: dict[str, int],
    command: tuple[str, ...] = IDLE,
    restart: str = "Never",
    user: int | None = None,
    cpus: int | None = None,
    node: str | None = None,
) -> dict[str, Any]:
    """A pod; with `cpus` it is of the guaranteed class, so they are its own."""
    spec = pod_spec(resources, command, restart, user, cpus)
    if node is not None:
        spec["nodeSelector"] = {"kubernetes.io/hostname": node}
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": spec,
    }


def pod_spec(
    resources: dict[str, int],
    command: tuple[str, ...] = IDLE,
    restart: str = "Never",
    user: int | None = None,
    cpus: int | None = None,
) -> dict[str, Any]:
    limits: dict[str, Any] = {PREFIX + name: count for name, count in resources.items()}
    if cpus is not None:
        limits |= {"cpu": cpus, "memory": "64Mi"}
    container = {
        "name": "main",
        "image": images.WORKLOAD,
        "imagePullPolicy": "Never",
        "command": list(command),
        "resources": {"limits": limits},
    }
    spec = {
        "restartPolicy": restart,
        "terminationGracePeriodSeconds": 2,
        # There is no cluster DNS to wait for.
        "dnsPolicy": "Default",
        "automountServiceAccountToken": False,
        "containers": [container],
    }
    if user is not None:
        spec["securityContext"] = {"runAsUser": user, "runAsGroup": user, "runAsNonRoot": True}
    return spec

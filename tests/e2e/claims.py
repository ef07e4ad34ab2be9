# SPDX-License-Identifier: Apache-2.0
"""Claims of dynamic resource allocation, and pods that use them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.e2e.node_policy import NodePolicy, node_policy
from tests.e2e.pods import IDLE, Pod, pod_spec
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.process import wait_for

DRIVER = "nacelle.dev"
CLASS = "nacelle"
_SLICES = f"/apis/resource.k8s.io/v1/resourceslices?fieldSelector=spec.driver%3D{DRIVER}"
# What a pod held goes elsewhere a minute after it has ended.
_SECONDS = 120

OFFERS = (
    {"name": "zip", "find": "zlib", "through": "dra"},
    {"name": "sec", "find": "sha256", "through": "dra"},
    {"name": "dma", "find": "memmove", "through": "dra"},
)

_DEVICE_CLASS = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "DeviceClass",
    "metadata": {"name": CLASS},
    "spec": {"selectors": [{"cel": {"expression": f'device.driver == "{DRIVER}"'}}]},
}


# As the operator makes it for an offer.
_ZIP_CLASS = {
    "apiVersion": "resource.k8s.io/v1",
    "kind": "DeviceClass",
    "metadata": {"name": "zip"},
    "spec": {
        "selectors": [
            {
                "cel": {
                    "expression": f'device.driver == "{DRIVER}" &&'
                    f' device.attributes["{DRIVER}"].?offer.orValue("") == "zip"'
                }
            }
        ],
        "extendedResourceName": "nacelle.dev/zip",
    },
}


@contextmanager
def everything_through_dra(cluster: Cluster) -> Iterator[NodePolicy]:
    """The node with a policy that leaves nothing to the device plugin."""
    cluster.kubectl.apply(_DEVICE_CLASS, _ZIP_CLASS)
    try:
        with node_policy(cluster, *OFFERS) as policy:
            wait_for(
                "resource slices of six devices",
                lambda: len(devices(cluster)) == 6,
                _SECONDS,
                why_not=lambda: f"{slices(cluster)}\n{cluster.agent_logs()}",
            )
            yield policy
        wait_for("no resource slices", lambda: not slices(cluster), _SECONDS)
    finally:
        cluster.kubectl.run("delete", "deviceclass", CLASS, "zip")


def slices(cluster: Cluster) -> list[dict[str, Any]]:
    return cluster.api.get(_SLICES)["items"]


def devices(cluster: Cluster) -> dict[str, dict[str, Any]]:
    """The devices of all slices, by name."""
    return {device["name"]: device for one in slices(cluster) for device in one["spec"]["devices"]}


def generation(cluster: Cluster) -> int:
    (only,) = {one["spec"]["pool"]["generation"] for one in slices(cluster)}
    return only


def operation(name: str, *more: str) -> str:
    """A selector for devices with an operation, and whatever else must hold."""
    return " && ".join([f'device.attributes["{DRIVER}"].?{name}.orValue(false)', *more])


def on_numa(node: int) -> str:
    return f'device.attributes["resource.kubernetes.io"].?numaNode.orValue(-1) == {node}'


class Claimants:
    """Makes pods with a claim each, from a template; and forgets none."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._names: list[str] = []

    def create(
        self,
        name: str,
        requests: dict[str, str],
        match: str | None = None,
        user: int | None = None,
        admin: bool = False,
    ) -> Pod:
        """A pod whose claim has these requests, by name the selector; `match`: an
        attribute that has to be the same for all; `admin`: only to look."""
        access = {"adminAccess": True} if admin else {}
        claim: dict[str, Any] = {
            "requests": [
                {
                    "name": request,
                    "exactly": {
                        "deviceClassName": CLASS,
                        "selectors": [{"cel": {"expression": selector}}],
                        **access,
                    },
                }
                for request, selector in requests.items()
            ]
        }
        if match:
            claim["constraints"] = [{"matchAttribute": match}]
        template = {
            "apiVersion": "resource.k8s.io/v1",
            "kind": "ResourceClaimTemplate",
            "metadata": {"name": name, "namespace": "default"},
            "spec": {"spec": {"devices": claim}},
        }
        spec = pod_spec({}, IDLE, user=user)
        spec["resourceClaims"] = [{"name": "queues", "resourceClaimTemplateName": name}]
        spec["containers"][0]["resources"] = {"claims": [{"name": "queues"}]}
        pod = {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": name, "namespace": "default"},
            "spec": spec,
        }
        self._cluster.kubectl.apply(template, pod)
        self._names.append(name)
        return Pod(self._cluster, name)

    def start(self, name: str, requests: dict[str, str], **options: Any) -> Pod:
        pod = self.create(name, requests, **options)
        pod.wait_phase("Running")
        return pod

    def delete_all(self) -> None:
        for kind in ("pod", "resourceclaimtemplate"):
            if self._names:
                words = ("delete", kind, *self._names, "--ignore-not-found")
                self._cluster.kubectl.run(*words, timeout=180)
        self._names.clear()


def claim_of(cluster: Cluster, pod: Pod) -> dict[str, Any]:
    (status,) = pod.status["resourceClaimStatuses"]
    name = status["resourceClaimName"]
    return cluster.api.get(f"/apis/resource.k8s.io/v1/namespaces/default/resourceclaims/{name}")

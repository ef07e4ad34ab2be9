# SPDX-License-Identifier: Apache-2.0
"""The chart on the cluster of the tests, and what is asked of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.e2e.accelerators import Accelerators
from tests.support import documents
from tests.support.cluster import images
from tests.support.cluster.cluster import AGENT_MANIFEST, CUSTOM_RESOURCES, Cluster
from tests.support.cluster.helm import CHART, NAMESPACE, RELEASE, Helm, set_words
from tests.support.cluster.node import Node
from tests.support.vm import client
from tools.image import products

CLIENT = "swaccel-client"
PROGRAMS = images.REPOSITORY / "build" / "release" / "bin"
PLUGIN = PROGRAMS / "kubectl-nacelle"
IN_NAMESPACE = ("-n", NAMESPACE)
READY = ("--wait", "--timeout=3m")


@contextmanager
def without_nacelle(cluster: Cluster, folder: Path) -> Iterator[Helm]:
    """The cluster as it is before an installation; the agent of the other tests returns."""
    cluster.kubectl.run("delete", "-f", str(AGENT_MANIFEST), timeout=180)
    cluster.kubectl.run("delete", "-f", str(CUSTOM_RESOURCES))
    helm = Helm(folder, cluster.kubeconfig)
    yield helm
    helm.attempt("uninstall", RELEASE, *IN_NAMESPACE, "--wait")
    cluster.kubectl.run("delete", "namespace", NAMESPACE, "--ignore-not-found", timeout=180)
    cluster.deploy_agent()
    Accelerators(cluster).wait_all_back()


def bring_images(node: Node, folder: Path) -> None:
    """Those of the chart; the agent's is there."""
    for product, program in (
        (products.CLIENT, client.build()[CLIENT]),
        (products.OPERATOR, PROGRAMS / "nacelle-operator"),
    ):
        archive = folder / f"{product.name}.tar"
        images.write_product(archive, product, program)
        node.vm.put(archive, f"/tmp/{archive.name}")
        load = documents.command("install.md", "ctr").replace("nacelle-agent.tar", archive.name)
        node.run(f"cd /tmp && {load} && rm {archive.name}", 180)


def upgrade(helm: Helm, values: dict[str, Any]) -> None:
    words = ("upgrade", RELEASE, str(CHART), *IN_NAMESPACE, "--reset-values", *READY)
    helm.run(*words, *set_words(values))


def nacelle(cluster: Cluster, *words: str) -> str:
    """What kubectl nacelle prints."""
    path = f"{cluster.kubectl.binary.parent}:{PLUGIN.parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["kubectl", "nacelle", *words],
        env=os.environ | {"PATH": path, "KUBECONFIG": str(cluster.kubeconfig)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout


def agent_pods(cluster: Cluster) -> list[str]:
    """By name and number of restarts."""
    found = cluster.api.pods("app.kubernetes.io/name=nacelle-agent", NAMESPACE)
    return sorted(
        f"{pod['metadata']['name']} {one['restartCount']}"
        for pod in found
        for one in pod["status"].get("containerStatuses", [])
    )

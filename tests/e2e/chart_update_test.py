# SPDX-License-Identifier: Apache-2.0
"""How the chart decides to update agents, from what a real API server knows of the nodes."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest

from tests.support.cluster.bare import BareCluster
from tests.support.cluster.helm import CHART, NAMESPACE, RELEASE, Helm

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and shutil.which("openssl")), reason="not installed: go, openssl"
)
ONE_WITHOUT = ("1", "0", False)
ONE_MORE = ("0", "1", True)


class Chart:
    def __init__(self, cluster: BareCluster, helm: Helm) -> None:
        self.cluster = cluster
        self.helm = helm

    def update(self, *words: str) -> tuple[str, str, bool]:
        """What an upgrade would be: max unavailable, max surge, whether agents take over."""
        made = self.helm.run("upgrade", RELEASE, str(CHART), "-n", NAMESPACE, "--dry-run=server", *words)
        (numbers,) = re.findall(r"rollingUpdate: {maxUnavailable: (\d+), maxSurge: (\d+)}", made)
        return (*numbers, "--take-over" in made)

    def kubelets(self, *versions: str) -> None:
        """There are nodes with these, and no others."""
        self.cluster.kubectl.run("delete", "nodes", "--all")
        for number, version in enumerate(versions):
            name = f"n{number}"
            self.cluster.kubectl.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}})
            self.cluster.api.merge(f"/api/v1/nodes/{name}/status", {"status": {"nodeInfo": _info(version)}})


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chart]:
    cluster = BareCluster()
    try:
        helm = Helm(tmp_path_factory.mktemp("helm"), cluster.folder / "secrets" / "admin.kubeconfig")
        helm.run("install", RELEASE, str(CHART), "-n", NAMESPACE, "--create-namespace")
        yield Chart(cluster, helm)
    finally:
        cluster.stop()


@pytest.mark.parametrize(
    ("versions", "expected"),
    [
        (("v1.37.0",), ONE_MORE),
        (("v1.37.2", "v1.38.0-gke.100", "v1.37.1+k3s1"), ONE_MORE),
        (("v1.37.2", "v1.36.3"), ONE_WITHOUT),
        (("v1.37.2", "of-its-own"), ONE_WITHOUT),
        ((), ONE_WITHOUT),
    ],
)
def test_a_second_agent_comes_first_where_every_kubelet_keeps_what_it_registers(
    chart: Chart, versions: tuple[str, ...], expected: tuple[str, str, bool]
) -> None:
    chart.kubelets(*versions)
    assert chart.update() == expected


def test_a_number_goes_before_what_the_kubelets_are(chart: Chart) -> None:
    chart.kubelets("v1.37.2")
    assert chart.update("--set", "agent.maxSurge=0") == ONE_WITHOUT
    chart.kubelets("v1.36.3")
    assert chart.update("--set", "agent.maxSurge=1") == ONE_MORE


def test_agents_of_a_chart_that_knew_of_no_handing_over_end_first(chart: Chart) -> None:
    chart.kubelets("v1.37.2")
    named = ("daemonset", "nacelle-agent", "-n", NAMESPACE)
    chart.cluster.kubectl.run("annotate", *named, "nacelle.dev/hands-over-")
    assert chart.update() == ONE_WITHOUT
    chart.cluster.kubectl.run("annotate", *named, "nacelle.dev/hands-over=true")
    assert chart.update() == ONE_MORE


def _info(version: str) -> dict[str, str]:
    """Of a node; all of it is required."""
    others = (
        *("architecture", "bootID", "containerRuntimeVersion", "kernelVersion", "kubeProxyVersion"),
        *("machineID", "operatingSystem", "osImage", "systemUUID"),
    )
    return dict.fromkeys(others, "") | {"kubeletVersion": version}

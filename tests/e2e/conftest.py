# SPDX-License-Identifier: Apache-2.0
"""One real cluster for all tests of a session, left by each as it was found."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e import footprint
from tests.e2e.accelerators import Accelerators
from tests.e2e.footprint import Footprint
from tests.e2e.installed import PLUGIN, bring_images, without_nacelle
from tests.e2e.pods import Pods
from tests.support import documents
from tests.support.cluster import components, images, machine
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.helm import Helm
from tests.support.vm.vm import VmError


@pytest.fixture(scope="session")
def started() -> Iterator[tuple[Cluster, Footprint]]:
    """A node with the default functions and the agent, and how that looks."""
    reason = machine.why_impossible()
    if reason:
        pytest.skip(reason)
    binary = images.agent_binary()
    if not binary.exists():
        pytest.fail(f"{binary} is not there: ./dev build release", pytrace=False)
    cluster = Cluster()
    cluster.start()
    try:
        cluster.deploy_agent(binary)
        Accelerators(cluster).wait_all_back()
        yield cluster, footprint.of(cluster.node)
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def cluster(started: tuple[Cluster, Footprint]) -> Cluster:
    return started[0]


@pytest.fixture(scope="session")
def pristine(started: tuple[Cluster, Footprint]) -> Footprint:
    """The node before its first pod."""
    return started[1]


@pytest.fixture
def pods(cluster: Cluster) -> Iterator[Pods]:
    """Makes pods, and removes them after the test."""
    made = Pods(cluster)
    yield made
    made.delete_all()


@pytest.fixture
def accelerators(cluster: Cluster, pods: Pods) -> Iterator[Accelerators]:
    """Adds and removes functions; afterwards the default ones are there again."""
    changed = Accelerators(cluster)
    yield changed
    # A function that a pod holds cannot leave the list.
    pods.delete_all()
    changed.restore()


@pytest.fixture(scope="module")
def helm(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Helm]:
    """The node has the images of the chart, and nothing of Nacelle besides."""
    bring_images(cluster.node, tmp_path_factory.mktemp("images"))
    with without_nacelle(cluster, tmp_path_factory.mktemp("helm")) as made:
        yield made


@pytest.fixture(scope="module")
def shell(cluster: Cluster, helm: Helm, tmp_path_factory: pytest.TempPathFactory) -> documents.Shell:
    """Runs what the documents say."""
    programs = {"kubectl": cluster.kubectl.binary, "kubectl-nacelle": PLUGIN, "helm": components.build_helm()}
    return documents.Shell(tmp_path_factory.mktemp("shell") / "reader", cluster.kubeconfig, programs)


def _node_logs(cluster: Cluster) -> str:
    """What the node says, or the last words of one that says nothing any more."""
    try:
        return cluster.node.logs()
    except VmError as error:
        return str(error)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """A failed test shows what the node and the agent had to say."""
    outcome = yield
    report = outcome.get_result()
    cluster = getattr(item, "funcargs", {}).get("cluster")
    if report.when == "call" and report.failed and cluster:
        report.sections.append(("node", _node_logs(cluster)))
        report.sections.append(("agent", cluster.agent_logs()))

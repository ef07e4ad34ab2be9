# SPDX-License-Identifier: Apache-2.0
"""The agent and a real API server, without a kubelet: a recorded machine's NodeAccelerators."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.cluster.bare import BareCluster
from tests.support.cluster.images import REPOSITORY, agent_binary
from tests.support.cluster.process import Process, wait_for

MACHINE = REPOSITORY / "tests" / "golden" / "software-testbed" / "machine.txt"
PATH = "/apis/nacelle.dev/v1alpha1/nodeaccelerators/n1"


@pytest.fixture(scope="module")
def plane() -> Iterator[BareCluster]:
    missing = [name for name in ("openssl", "go", "unshare") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing else'}")
    if not agent_binary().exists():
        pytest.fail(f"{agent_binary()} is not there: ./dev build release", pytrace=False)
    cluster = BareCluster()
    try:
        cluster.kubectl.install_definitions(REPOSITORY / "charts" / "nacelle" / "crds")
        cluster.kubectl.apply({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "n1"}})
        yield cluster
    finally:
        cluster.stop()


@pytest.fixture
def start(plane: BareCluster) -> Iterator[Callable[[], Process]]:
    """Starts an agent; each has the state folder of the one before."""
    running: list[Process] = []
    # Below pytest's own folders, the paths of sockets would be too long.
    folder = Path(tempfile.mkdtemp(prefix="nacelle-"))

    def run() -> Process:
        words = [
            *(str(agent_binary()), "run", "--root", str(MACHINE), "--node", "n1"),
            *("--listen", "", "--kubelet-dir", str(folder / "kubelet")),
            *("--state-dir", str(folder / "state"), "--run-dir", str(folder / "run")),
            *("--cdi-dir", str(folder / "cdi")),
            *("--kube-api", plane.url, "--kube-token", str(plane.token_file)),
            *("--kube-ca", str(plane.ca_file)),
        ]
        running.append(Process("nacelle-agent", words, folder / "agent.log"))
        return running[-1]

    yield run
    for process in running:
        process.stop()
    shutil.rmtree(folder)
    plane.kubectl.run("delete", "nacc", "--all")


def status_when(plane: BareCluster, what: str, holds: Callable[[dict], bool]) -> dict:
    def answer() -> dict | None:
        found = (plane.api.find(PATH) or {}).get("status")
        return found if found and holds(found) else None

    return wait_for(what, answer, 60)


def condition(status: dict, kind: str) -> dict:
    return next((one for one in status.get("conditions", []) if one["type"] == kind), {})


def apply_spec(plane: BareCluster, generation: int, **spec: object) -> None:
    """As the operator does it: by server-side apply, with a manager of its own."""
    manifest = {
        "apiVersion": "nacelle.dev/v1alpha1",
        "kind": "NodeAccelerators",
        "metadata": {"name": "n1"},
        "spec": {"policy": {"name": "p", "generation": generation}, **spec},
    }
    words = ("apply", "--server-side", "--field-manager=nacelle-operator", "-f", "-")
    plane.kubectl.run(*words, stdin=json.dumps(manifest))


def test_the_node_is_shown_as_the_agent_sees_it(plane: BareCluster, start: Callable) -> None:
    start()
    status = status_when(plane, "the status", lambda one: len(one.get("offers", [])) > 1)
    assert {one["interface"] for one in status["functions"]} == {"sw_zip", "sw_sec", "sw_dma"}
    assert {one["resource"] for one in status["offers"]} == {
        "nacelle.dev/sw-zip",
        "nacelle.dev/sw-sec",
        "nacelle.dev/sw-dma",
    }
    assert condition(status, "Ready")["status"] == "False"
    owner = plane.api.get(PATH)["metadata"]["ownerReferences"][0]
    assert (owner["kind"], owner["uid"]) == ("Node", plane.api.node("n1")["metadata"]["uid"])


def test_the_policy_of_the_spec_is_taken(plane: BareCluster, start: Callable) -> None:
    start()
    status_when(plane, "the status", lambda one: len(one.get("offers", [])) > 1)
    apply_spec(plane, 1, rest="hide", offers=[{"name": "compression", "find": "zlib"}])
    status = status_when(plane, "the offer", lambda one: len(one.get("offers", [])) == 1)
    assert status["offers"][0]["resource"] == "nacelle.dev/compression"
    assert status["policy"] == {"name": "p", "generation": 1}
    assert condition(status, "PolicyAccepted")["status"] == "True"
    spec = plane.api.get(PATH)["spec"]
    assert spec["offers"][0]["name"] == "compression", "the agent left the spec alone"


def test_a_policy_that_the_machine_cannot_serve_is_refused_with_the_reason(
    plane: BareCluster, start: Callable
) -> None:
    start()
    apply_spec(plane, 1, offers=[{"name": "compression", "find": "zlib"}])
    status_when(plane, "the first", lambda one: one.get("policy", {}).get("generation") == 1)
    apply_spec(plane, 2, offers=[{"name": "compression", "find": "zlib", "sharesPerQueue": 1024}])
    status = status_when(
        plane, "the refusal", lambda one: condition(one, "PolicyAccepted").get("status") == "False"
    )
    assert "sharesPerQueue" in condition(status, "PolicyAccepted")["message"]
    assert status["policy"]["generation"] == 1, "the one before stays in force"


def test_the_policy_outlives_the_agent_and_the_operator_can_take_it_back(
    plane: BareCluster, start: Callable
) -> None:
    agent = start()
    apply_spec(plane, 1, rest="hide", offers=[{"name": "compression", "find": "zlib"}])
    status_when(plane, "the offer", lambda one: len(one.get("offers", [])) == 1)
    agent.stop()
    start()
    apply_spec(plane, 2, rest="hide", offers=[{"name": "zip", "find": "zlib"}])
    status_when(plane, "the rename", lambda one: one.get("offers", [{}])[0].get("resource") == "nacelle.dev/zip")
    manifest = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators", "metadata": {"name": "n1"}}
    words = ("apply", "--server-side", "--field-manager=nacelle-operator", "-f", "-")
    plane.kubectl.run(*words, stdin=json.dumps(manifest))
    status = status_when(plane, "the default", lambda one: len(one.get("offers", [])) == 3)
    assert "policy" not in status
    assert not condition(status, "PolicyAccepted")

# SPDX-License-Identifier: Apache-2.0
"""The operator on a real API server; what agents would write, the tests write."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support import documents
from tests.support.cluster.bare import BareCluster
from tests.support.cluster.images import REPOSITORY
from tests.support.cluster.process import Process, wait_for

GROUP = "/apis/nacelle.dev/v1alpha1"
LEASE = "/apis/coordination.k8s.io/v1/namespaces/default/leases/nacelle-operator"
NODES = tuple(f"n{number:02}" for number in range(20))
SECONDS = 60


def binary() -> Path:
    """The operator under test; NACELLE_OPERATOR names another one."""
    named = os.environ.get("NACELLE_OPERATOR")
    return Path(named) if named else REPOSITORY / "build" / "release" / "bin" / "nacelle-operator"


@pytest.fixture(scope="module")
def plane() -> Iterator[BareCluster]:
    missing = [name for name in ("openssl", "go", "unshare") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        pytest.skip(f"needs root and {', '.join(missing) or 'nothing else'}")
    if not binary().exists():
        pytest.fail(f"{binary()} is not there: ./dev build release nacelle-operator", pytrace=False)
    cluster = BareCluster()
    try:
        cluster.keep_nodes()
        cluster.kubectl.install_definitions(REPOSITORY / "charts" / "nacelle" / "crds")
        cluster.kubectl.apply(*({"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}} for name in NODES))
        ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
        for name in NODES:
            cluster.api.merge(f"/api/v1/nodes/{name}/status", ready)
        yield cluster
    finally:
        cluster.stop()


class Agents:
    """Answers as the agents of all nodes would."""

    def __init__(self, plane: BareCluster) -> None:
        self._plane = plane
        manifests = [
            {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators", "metadata": {"name": name}}
            for name in NODES
        ]
        plane.kubectl.apply(*manifests)
        self.answer(refusing=())

    def objects(self) -> list[dict]:
        return self._plane.api.get(f"{GROUP}/nodeaccelerators")["items"]

    def answer(self, refusing: tuple[str, ...] = ()) -> None:
        """Each agent that has something new to say, says it."""
        for one in self.objects():
            generation = one["metadata"]["generation"]
            seen = one.get("status", {}).get("observedGeneration")
            if seen == generation:
                continue
            self._write(one, generation, one["metadata"]["name"] in refusing)

    def _write(self, one: dict, generation: int, refuses: bool) -> None:
        policy = one.get("spec", {}).get("policy")
        conditions = [_condition("Ready", "True", "Registered")]
        if policy:
            conditions.append(_condition("PolicyAccepted", "False" if refuses else "True", "Said", "too many shares"))
        status = {"observedGeneration": generation, "policy": None if refuses else policy, "conditions": conditions}
        self._plane.api.merge(f"{GROUP}/nodeaccelerators/{one['metadata']['name']}/status", {"status": status})

    def with_policy(self, name: str, generation: int | None = None) -> list[str]:
        """The nodes whose spec has it."""
        found = []
        for one in self.objects():
            policy = one.get("spec", {}).get("policy", {})
            if policy.get("name") == name and generation in (None, policy.get("generation")):
                found.append(one["metadata"]["name"])
        return found


def _condition(kind: str, status: str, reason: str, message: str = "") -> dict:
    stamp = "2026-01-01T00:00:00Z"
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": stamp}


@pytest.fixture
def agents(plane: BareCluster) -> Iterator[Agents]:
    yield Agents(plane)
    for kind in ("accpol", "nacc"):
        plane.kubectl.run("delete", kind, "--all")
    plane.kubectl.run("delete", "lease", "nacelle-operator", "-n", "default", "--ignore-not-found")


@pytest.fixture
def start(plane: BareCluster, agents: Agents) -> Iterator[Callable[..., Process]]:
    folder = Path(tempfile.mkdtemp(prefix="nacelle-operator-"))
    running: list[Process] = []

    def run(identity: str = "one") -> Process:
        words = [
            *(str(binary()), "--listen", "", "--namespace", "default", "--identity", identity, "--label-nodes"),
            *("--kube-api", plane.url, "--kube-token", str(plane.token_file), "--kube-ca", str(plane.ca_file)),
        ]
        running.append(Process("nacelle-operator", words, folder / f"{identity}.log"))
        return running[-1]

    yield run
    for process in running:
        process.stop()
    shutil.rmtree(folder)


def policy(name: str, offers: list[dict] | None = None, **selector: str) -> dict:
    return {
        "apiVersion": "nacelle.dev/v1alpha1",
        "kind": "AcceleratorPolicy",
        "metadata": {"name": name},
        "spec": {
            "nodeSelector": {"matchLabels": selector},
            "offers": offers or [{"name": "compression", "find": "zlib"}],
        },
    }


def condition(plane: BareCluster, name: str, kind: str) -> dict:
    status = plane.api.get(f"{GROUP}/acceleratorpolicies/{name}").get("status", {})
    return next((one for one in status.get("conditions", []) if one["type"] == kind), {})


def events(plane: BareCluster, name: str, kind: str = "AcceleratorPolicy") -> list[tuple[str, str, str]]:
    """Of a policy, or a node: type, reason, note."""
    found = plane.api.get("/apis/events.k8s.io/v1/namespaces/default/events")["items"]
    own = [one for one in found if one["regarding"]["kind"] == kind and one["regarding"]["name"] == name]
    return [(one["type"], one["reason"], one["note"]) for one in own]


def roll_out(agents: Agents, name: str, generation: int | None = None) -> int:
    """Lets agents answer until all have it; the most nodes that were on their way at a time."""
    most = 0

    def done() -> bool:
        nonlocal most
        waiting = [one for one in agents.objects() if one.get("status", {}).get("observedGeneration") != one["metadata"]["generation"]]
        most = max(most, len(waiting))
        agents.answer()
        return len(agents.with_policy(name, generation)) == len(NODES)

    wait_for(f"all nodes to have {name}", done, SECONDS)
    agents.answer()
    return most


def test_a_policy_is_rolled_out_in_stages(plane: BareCluster, agents: Agents, start: Callable) -> None:
    operator = start()
    plane.kubectl.apply(policy("p"))
    assert roll_out(agents, "p") <= 2, "a tenth of twenty nodes at a time"
    wait_for("the status", lambda: condition(plane, "p", "Available").get("status") == "True", SECONDS)
    told = ("Normal", "AllReady", "20 of 20 nodes are ready with it")
    wait_for("its event", lambda: told in events(plane, "p"), SECONDS, why_not=lambda: f"{events(plane, 'p')}\n{operator.log_tail()}")
    status = plane.api.get(f"{GROUP}/acceleratorpolicies/p")["status"]
    assert status["nodes"] == {"selected": 20, "ready": 20, "outOfDate": 0}
    assert condition(plane, "p", "Progressing")["status"] == "False"


def test_a_policy_that_agents_refuse_stops_and_goes_back_on_request(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    start()
    plane.kubectl.apply(policy("p"))
    roll_out(agents, "p", 1)
    plane.kubectl.apply(policy("p", [{"name": "compression", "find": "zlib", "sharesPerQueue": 64}]))
    wait_for("the first stage", lambda: len(agents.with_policy("p", 2)) == 2, SECONDS)
    agents.answer(refusing=NODES)
    # One agent after the other says so; the event is of the first.
    both = "n00 and 1 other node: too many shares"
    wait_for("it to be degraded", lambda: condition(plane, "p", "Degraded").get("message") == both, SECONDS)
    of_node = ("Warning", "PolicyRefused", "policy p: too many shares")
    wait_for("the node's event", lambda: of_node in events(plane, "n00", "Node"), SECONDS)
    assert of_node[1] in plane.kubectl.run("describe", "node", "n00")
    told = {("Warning", "Refused", f"{nodes}: too many shares") for nodes in ("n00", "n01", "n00 and 1 other node")}
    wait_for("its event", lambda: told & set(events(plane, "p")), SECONDS)
    assert len(agents.with_policy("p", 2)) == 2, "it stands still"
    plane.kubectl.apply(policy("p"))
    roll_out(agents, "p", 3)
    wait_for("it to be well", lambda: condition(plane, "p", "Degraded").get("status") == "False", SECONDS)


def test_an_operator_that_is_killed_in_mid_rollout_is_followed_by_one_that_goes_on(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    first = start("one")
    plane.kubectl.apply(policy("p"))
    wait_for("the first stage", lambda: len(agents.with_policy("p")) == 2, SECONDS)
    start("two")
    # It gives nothing back: the other one waits until the lease has expired.
    first.kill()
    assert plane.api.get(LEASE)["spec"]["holderIdentity"] == "one"
    assert roll_out(agents, "p") <= 2
    assert plane.api.get(LEASE)["spec"]["holderIdentity"] == "two"


def test_of_two_replicas_one_leads_and_hands_over_when_it_ends(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    first = start("one")
    wait_for("a leader", lambda: (plane.api.find(LEASE) or {}).get("spec", {}).get("holderIdentity") == "one", SECONDS)
    start("two")
    plane.kubectl.apply(policy("p"))
    roll_out(agents, "p")
    assert plane.api.get(LEASE)["spec"]["holderIdentity"] == "one"
    first.stop()
    wait_for("the other", lambda: plane.api.get(LEASE)["spec"]["holderIdentity"] == "two", SECONDS)


def test_of_two_policies_the_older_is_in_force_and_both_say_so(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    plane.kubectl.apply(policy("z-older"))
    older = plane.api.get(f"{GROUP}/acceleratorpolicies/z-older")["metadata"]["creationTimestamp"]
    # Times of creation have seconds.
    wait_for("another second", lambda: _makes_younger(plane, older), SECONDS)
    start()
    roll_out(agents, "z-older")
    wait_for("the younger to say so", lambda: condition(plane, "a-younger", "Accepted").get("status") == "False", SECONDS)
    assert "the older policy z-older is in force" in condition(plane, "a-younger", "Accepted")["message"]
    assert "it goes before the younger policy a-younger" in condition(plane, "z-older", "Accepted")["message"]
    plane.kubectl.run("delete", "accpol", "z-older")
    roll_out(agents, "a-younger")


def _makes_younger(plane: BareCluster, older: str) -> bool:
    plane.kubectl.apply(policy("a-younger"))
    made = plane.api.get(f"{GROUP}/acceleratorpolicies/a-younger")["metadata"]["creationTimestamp"]
    if made == older:
        plane.kubectl.run("delete", "accpol", "a-younger")
    return made != older


def test_nodes_of_a_deleted_policy_return_to_the_default(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    start()
    plane.kubectl.apply(policy("p"))
    roll_out(agents, "p")
    plane.kubectl.run("delete", "accpol", "p", "--timeout=10s")

    def done() -> bool:
        agents.answer()
        return not agents.with_policy("p")

    wait_for("the default", done, SECONDS)
    assert not any(one.get("spec", {}).get("offers") for one in agents.objects())


def test_an_offer_through_dra_has_a_class_with_its_extended_resource(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    path = "/apis/resource.k8s.io/v1/deviceclasses/zip"
    start()
    plane.kubectl.apply(policy("p", [{"name": "zip", "find": "zlib", "through": "dra"}]))
    made = wait_for("the class", lambda: plane.api.find(path), SECONDS)
    assert made["spec"]["extendedResourceName"] == "nacelle.dev/zip"
    roll_out(agents, "p")
    wait_for("the status", lambda: condition(plane, "p", "Available").get("status") == "True", SECONDS)
    told = ("Normal", "AllReady", "20 of 20 nodes are ready with it")
    wait_for("its event", lambda: told in events(plane, "p"), SECONDS)
    assert plane.api.get(path)["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"], "written once"
    plane.kubectl.run("delete", "accpol", "p")
    assert plane.api.find(path), "nodes have the offer still"

    def gone() -> bool:
        agents.answer()
        return plane.api.find(path) is None

    wait_for("it to go with the last node's offer", gone, SECONDS)


def test_a_field_that_a_person_has_set_stays(plane: BareCluster, agents: Agents, start: Callable) -> None:
    mine = {
        "apiVersion": "nacelle.dev/v1alpha1",
        "kind": "NodeAccelerators",
        "metadata": {"name": "n00"},
        "spec": {"rest": "hide"},
    }
    plane.kubectl.run("apply", "--server-side", "--field-manager=me", "-f", "-", stdin=json.dumps(mine))
    start()
    plane.kubectl.apply(policy("p"))

    def others_have_it() -> bool:
        agents.answer()
        return len(agents.with_policy("p")) == len(NODES) - 1

    wait_for("all other nodes", others_have_it, SECONDS)
    assert "n00" not in agents.with_policy("p")
    assert plane.api.get(f"{GROUP}/nodeaccelerators/n00")["spec"]["rest"] == "hide"


def _offer(free: int, name: str = "zip") -> dict:
    counts = {"devices": 8, "healthy": 8, "held": 8 - free, "free": free}
    return {"resource": f"nacelle.dev/{name}", "through": "devicePlugin"} | counts


def _say(plane: BareCluster, node: str, **status: object) -> None:
    plane.api.merge(f"{GROUP}/nodeaccelerators/{node}/status", {"status": status})


def _labels(plane: BareCluster, node: str) -> dict[str, str]:
    labels = plane.api.node(node)["metadata"].get("labels", {})
    return {name: value for name, value in labels.items() if name.startswith("nacelle.dev/")}


def test_a_node_has_labels_with_what_its_offers_can_still_give(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    plane.kubectl.run("label", "node", "n01", "nacelle.dev/zip=a-persons")
    start()
    _say(plane, "n00", offers=[_offer(7), _offer(0, "rsa")])
    _say(plane, "n01", offers=[_offer(7), _offer(1, "rsa")])
    expected = {"nacelle.dev/zip": "4", "nacelle.dev/rsa": "0"}
    wait_for("labels", lambda: _labels(plane, "n00") == expected, SECONDS)
    mine = {"nacelle.dev/zip": "a-persons", "nacelle.dev/rsa": "1"}
    wait_for("labels beside a person's", lambda: _labels(plane, "n01") == mine, SECONDS)
    version = plane.api.node("n00")["metadata"]["resourceVersion"]
    _say(plane, "n00", offers=[_offer(5), _offer(0, "rsa")])
    _say(plane, "n01", offers=[_offer(7)])
    wait_for("one that went with its offer", lambda: _labels(plane, "n01") == {"nacelle.dev/zip": "a-persons"}, SECONDS)
    assert plane.api.node("n00")["metadata"]["resourceVersion"] == version, "5 are 4, as 7 were"
    plane.kubectl.run("delete", "nacc", "n00")
    wait_for("all to go with the agent", lambda: not _labels(plane, "n00"), SECONDS)
    plane.kubectl.run("label", "node", "n01", "nacelle.dev/zip-")


def test_the_documented_command_takes_away_the_labels_that_an_operator_has_left(
    plane: BareCluster, agents: Agents, start: Callable
) -> None:
    operator = start()
    _say(plane, "n02", offers=[_offer(7)])
    plane.kubectl.run("label", "node", "n02", "nacelle.dev/pool=mine")
    wait_for("labels", lambda: _labels(plane, "n02").get("nacelle.dev/zip") == "4", SECONDS)
    operator.stop()
    config = plane.folder / "secrets" / "admin.kubeconfig"
    shell = documents.Shell(plane.folder / "reader", config, {"kubectl": plane.kubectl.binary})
    shell.run(documents.command("install.md", "kubectl get nodes"))
    assert _labels(plane, "n02") == {"nacelle.dev/pool": "mine"}
    plane.kubectl.run("label", "node", "n02", "nacelle.dev/pool-")

# SPDX-License-Identifier: Apache-2.0
"""What the chart's objects are to a real API server, with tokens as pods have them.

There is a control plane and no kubelet: nodes and pods are objects only.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster.bare import BareCluster
from tests.support.cluster.helm import CHART, NAMESPACE, RELEASE, Helm, set_words
from tests.support.cluster.images import REPOSITORY
from tests.support.cluster.process import Process, wait_for

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and shutil.which("openssl")), reason="not installed: go, openssl"
)
DRIVER = "nacelle.dev"


class Plane:
    def __init__(self, cluster: BareCluster, helm: Helm) -> None:
        self.cluster = cluster
        self.kubectl = cluster.kubectl
        self.helm = helm

    def token(self, *words: str) -> str:
        return self.kubectl.run("create", "token", "nacelle-agent", "-n", NAMESPACE, *words).strip()

    def token_on(self, node: str) -> str:
        """As the kubelet gets it for the agent's pod on a node."""
        return self.token("--bound-object-kind=Pod", f"--bound-object-name=agent-{node}")

    def complaint(self, token: str, *words: str, stdin: dict[str, Any] | None = None) -> str:
        """What the API server says against a call; empty when it is allowed."""
        text = json.dumps(stdin) if stdin else None
        done = self.kubectl.attempt(*words, f"--token={token}", stdin=text)
        return done.stderr.strip() if done.returncode else ""

    def create(self, token: str, made: dict[str, Any]) -> str:
        return self.complaint(token, "create", "-f", "-", stdin=made)

    def may(self, verb: str, resource: str, *words: str, account: str = "nacelle-agent") -> bool:
        account = f"--as=system:serviceaccount:{NAMESPACE}:{account}"
        answer = self.kubectl.attempt("auth", "can-i", verb, resource, account, *words)
        return answer.stdout.strip() == "yes"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plane]:
    """The chart is installed; n1 and n2 have a pod with the agent's account."""
    cluster = BareCluster()
    try:
        helm = Helm(tmp_path_factory.mktemp("helm"), cluster.folder / "secrets" / "admin.kubeconfig")
        words = ("install", RELEASE, str(CHART), "-n", NAMESPACE, "--create-namespace")
        helm.run(*words, *set_words({"operator": {"enabled": True}}))
        for node in ("n1", "n2"):
            cluster.kubectl.apply(_node(node), _pod(node))
        made = Plane(cluster, helm)
        default = f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts/default"
        wait_for("the namespace's account", lambda: cluster.api.find(default), 60)
        # A new admission policy takes effect when every API server has read it.
        stranger = made.token_on("n2")
        wait_for(
            "the admission policy",
            lambda: made.complaint(
                stranger, "create", "--dry-run=server", "-f", "-", stdin=_slice("n1", "n1-early")
            ),
            60,
        )
        yield made
    finally:
        cluster.stop()


def test_who_may_view_the_cluster_sees_accelerators_and_changes_none(plane: Plane) -> None:
    plane.kubectl.run("create", "clusterrolebinding", "reader", "--clusterrole=view", "--user=reader")

    def may(verb: str, resource: str) -> bool:
        return plane.kubectl.attempt("auth", "can-i", verb, resource, "--as=reader").stdout.strip() == "yes"

    kinds = ("nodeaccelerators.nacelle.dev", "acceleratorpolicies.nacelle.dev")
    for kind in kinds:
        wait_for(f"the right to list {kind}", lambda kind=kind: may("list", kind), 60)
        assert not [verb for verb in ("create", "patch", "delete") if may(verb, kind)]


def test_everything_that_the_chart_renders_is_accepted(plane: Plane) -> None:
    for values in ({}, {"networkPolicy": {"enabled": True}, "policy": {"rest": "hide"}}):
        rendered = plane.helm.template(values)
        words = ("apply", "--server-side", "--dry-run=server", "--force-conflicts", "-f", "-")
        plane.kubectl.run(*words, "--validate=strict", stdin=rendered)


def test_an_agent_writes_slices_of_its_own_node(plane: Plane) -> None:
    token = plane.token_on("n1")
    assert plane.create(token, _slice("n1", "n1-own")) == ""
    label = ("label", "resourceslice", "n1-own", "seen=yes")
    assert plane.complaint(token, *label) == ""
    assert plane.complaint(token, "delete", "resourceslice", "n1-own") == ""


def test_an_agent_writes_no_slice_of_another_node(plane: Plane) -> None:
    plane.kubectl.apply(_slice("n1", "n1-other"))
    stranger = plane.token_on("n2")
    says = "the agent of node n2 may not write slices of another node"
    assert says in plane.create(stranger, _slice("n1", "n1-made-by-n2"))
    assert says in plane.complaint(stranger, "label", "resourceslice", "n1-other", "seen=yes")
    assert says in plane.complaint(stranger, "delete", "resourceslice", "n1-other")


def test_an_agent_writes_no_slice_of_another_driver(plane: Plane) -> None:
    complaint = plane.create(plane.token_on("n1"), _slice("n1", "n1-gpu", driver="gpu.example.com"))
    assert "may write slices of the driver nacelle.dev only" in complaint


def test_a_token_that_names_no_node_writes_nothing(plane: Plane) -> None:
    assert "the agent's token names no node" in plane.create(
        plane.token(), _slice("n1", "n1-no-node")
    )


def test_an_agent_keeps_the_object_of_its_own_node(plane: Plane) -> None:
    token = plane.token_on("n1")
    assert plane.create(token, _accelerators("n1")) == ""
    assert _write_node_status(plane, "n1", "n1") == ""


def test_an_agent_writes_of_no_other_node(plane: Plane) -> None:
    plane.kubectl.apply(_accelerators("n2") | {"spec": {}})
    says = "the agent of node n1 may not write of another node"
    assert says in plane.create(plane.token_on("n1"), _accelerators("n3"))
    assert says in _write_node_status(plane, "n1", "n2")
    assert "the agent's token names no node" in plane.create(plane.token(), _accelerators("n3"))


def test_an_agent_does_not_write_the_policy_that_is_meant_for_it(plane: Plane) -> None:
    plane.kubectl.apply(_accelerators("n2") | {"spec": {}})
    spec = {"policy": {"name": "mine", "generation": 1, "uid": "u"}}
    words = ("apply", "--server-side", "--force-conflicts", "-f", "-")
    complaint = plane.complaint(plane.token_on("n2"), *words, stdin=_accelerators("n2") | {"spec": spec})
    assert "may not write the policy that is meant for its node" in complaint
    plane.kubectl.run("delete", "nodeaccelerators", "n2")
    complaint = plane.create(plane.token_on("n2"), _accelerators("n2") | {"spec": spec})
    assert "may not write the policy that is meant for its node" in complaint


def test_an_administrator_is_not_concerned(plane: Plane) -> None:
    plane.kubectl.apply(_slice("n2", "n2-by-admin"))
    plane.kubectl.run("delete", "resourceslice", "n2-by-admin")


def test_an_agent_says_what_the_devices_of_a_claim_are(plane: Plane) -> None:
    _allocate(plane, "mine")
    assert _write_status(plane, "n1", "mine", {"devices": [_device("n1")]}) == ""
    read = ("get", "resourceclaim", "mine", "-o", "jsonpath={.status.devices[0].data.family}")
    assert plane.kubectl.run(*read) == "uacce"


def test_the_api_server_itself_guards_claims_since_1_36(plane: Plane) -> None:
    _allocate(plane, "guarded")
    says = _write_status(plane, "n2", "guarded", {"devices": [_device("n1")]})
    assert "changing status.devices requires" in says


@pytest.mark.usefixtures("as_before_1_36")
def test_an_agent_does_not_touch_claims_of_another_node(plane: Plane) -> None:
    _allocate(plane, "theirs")
    complaint = _write_status(plane, "n2", "theirs", {"devices": [_device("n1")]})
    assert "the claim has no device of node n2" in complaint


@pytest.mark.usefixtures("as_before_1_36")
def test_an_agent_does_not_change_what_was_allocated(plane: Plane) -> None:
    _allocate(plane, "kept")
    complaint = _merge_status(plane, "kept", {"allocation": None})
    assert "may not change what a claim was allocated" in complaint


@pytest.mark.usefixtures("as_before_1_36")
def test_an_agent_does_not_change_whom_a_claim_is_for(plane: Plane) -> None:
    _allocate(plane, "reserved")
    consumer = {"resource": "pods", "name": "p", "uid": "u"}
    complaint = _write_status(plane, "n1", "reserved", {"reservedFor": [consumer]})
    assert "may not change whom a claim is reserved for" in complaint


@pytest.mark.usefixtures("as_before_1_36")
def test_an_agent_says_nothing_of_devices_of_others(plane: Plane) -> None:
    gpu = {"driver": "gpu.example.com", "pool": "n1", "device": "g"}
    far = {"driver": DRIVER, "pool": "n2", "device": "d"}
    _allocate(plane, "mixed", gpu, far)
    for other in (gpu, far):
        complaint = _write_status(plane, "n1", "mixed", {"devices": [_device("n1"), other]})
        assert "may not say what devices of others are" in complaint
    words = ("apply", "--server-side", "--subresource=status", "--field-manager=gpu", "-f", "-")
    plane.kubectl.run(*words, stdin=json.dumps(_claim("mixed") | {"status": {"devices": [gpu]}}))
    assert _write_status(plane, "n1", "mixed", {"devices": [_device("n1")]}) == ""
    assert "may not say what devices of others are" in _merge_status(plane, "mixed", {"devices": []})


@pytest.fixture
def as_before_1_36(plane: Plane) -> Iterator[None]:
    """Rights that older API servers do not ask for, so that only the chart's policy decides."""
    group = {"apiGroups": ["resource.k8s.io"]}
    verbs = ["arbitrary-node:patch", "arbitrary-node:update", "associated-node:patch"]
    rules = [
        group | {"resources": ["resourceclaims/binding"], "verbs": ["patch", "update"]},
        group | {"resources": ["resourceclaims/driver"], "verbs": verbs},
        group | {"resources": ["resourceclaims", "resourceclaims/status"], "verbs": ["get"]},
    ]
    plane.kubectl.apply(_rbac("ClusterRole", {"rules": rules}), _rbac("ClusterRoleBinding", _BOUND))
    yield
    plane.kubectl.run("delete", "clusterrolebinding,clusterrole", "older")


@pytest.mark.parametrize(
    ("verb", "resource"),
    [
        ("get", "secrets"),
        ("get", "nodeaccelerators"),
        ("list", "pods"),
        ("patch", "nodes"),
        ("update", "resourceclaims"),
        ("create", "pods"),
        ("create", "serviceaccounts/token"),
        ("deletecollection", "resourceslices.resource.k8s.io"),
    ],
)
def test_the_agent_has_no_other_rights(plane: Plane, verb: str, resource: str) -> None:
    assert plane.may("get", "nodes")
    assert not plane.may(verb, resource, "--all-namespaces")


def test_the_operator_brings_a_policy_to_a_node_with_the_rights_of_the_chart(
    plane: Plane, tmp_path: Path
) -> None:
    binary = REPOSITORY / "build" / "release" / "bin" / "nacelle-operator"
    if not binary.exists():
        pytest.fail(f"{binary} is not there: ./dev build release", pytrace=False)
    ready = {"status": {"conditions": [{"type": "Ready", "status": "True"}]}}
    plane.kubectl.run("patch", "node", "n1", "--subresource=status", "-p", json.dumps(ready))
    offers = [{"name": "by-claim", "find": "zlib", "through": "dra"}]
    plane.kubectl.apply(_accelerators("n1") | {"spec": {}}, _policy("mine", offers))
    offer = {"resource": "nacelle.dev/sw-zip", "through": "devicePlugin", "devices": 4, "healthy": 4, "held": 1, "free": 3}
    plane.kubectl.run("patch", "nacc", "n1", "--subresource=status", "--type=merge", "-p", json.dumps({"status": {"offers": [offer]}}))
    token = plane.kubectl.run("create", "token", "nacelle-operator", "-n", NAMESPACE).strip()
    (tmp_path / "token").write_text(token, encoding="utf-8")
    words = [
        *(str(binary), "--listen", "", "--namespace", NAMESPACE, "--identity", "test", "--label-nodes"),
        *("--kube-api", plane.cluster.url, "--kube-ca", str(plane.cluster.ca_file)),
        *("--kube-token", str(tmp_path / "token")),
    ]
    operator = Process("nacelle-operator", words, tmp_path / "log")
    try:
        for read, expected in (
            (("get", "nodeaccelerators", "n1", "-o", "jsonpath={.spec.policy.name}"), "mine"),
            (("get", "deviceclasses", "-o", "jsonpath={.items[*].metadata.name}"), "by-claim"),
            (("get", "accpol", "mine", "-o", "jsonpath={.status.nodes.selected}"), "2"),
            (("get", "node", "n1", "-o", "jsonpath={.metadata.labels.nacelle\\.dev/sw-zip}"), "2"),
        ):
            wait_for(
                " ".join(read),
                lambda read=read, expected=expected: expected in plane.kubectl.run(*read),
                60,
                why_not=operator.log_tail,
            )
    finally:
        operator.stop()
        plane.kubectl.run("delete", "acceleratorpolicy", "mine")
    assert "(Forbidden)" not in operator.log_tail(200)
    assert "forbidden" not in operator.log_tail(200)


def test_the_operator_writes_nothing_of_a_node_but_labels_of_its_own_prefix(plane: Plane) -> None:
    token = plane.kubectl.run("create", "token", "nacelle-operator", "-n", NAMESPACE).strip()
    plane.kubectl.run("label", "node", "n2", "team=mine")

    def complaint(**patch: object) -> str:
        return plane.cluster.api.complaint(token, "PATCH", "/api/v1/nodes/n2", patch)

    assert complaint(metadata={"labels": {"nacelle.dev/sw-zip": "4"}}) == ""
    for labels in ({"other": "b"}, {"nacelle.dev.example.com/a": "b"}, {"team": None}, {"team": "b"}):
        assert "may write labels below nacelle.dev/ only" in complaint(metadata={"labels": labels})
    only_labels = "may write nothing of a node but labels"
    assert only_labels in complaint(spec={"unschedulable": True})
    assert only_labels in complaint(metadata={"annotations": {"a": "b"}})
    assert only_labels in complaint(metadata={"finalizers": ["a.b/c"]})
    assert "cannot delete resource" in plane.cluster.api.complaint(token, "DELETE", "/api/v1/nodes/n2")


def test_the_operator_writes_no_device_class_but_its_own(plane: Plane) -> None:
    token = plane.kubectl.run("create", "token", "nacelle-operator", "-n", NAMESPACE).strip()
    path = "/apis/resource.k8s.io/v1/deviceclasses"
    own = {"app.kubernetes.io/managed-by": "nacelle-operator"}

    def a_class(name: str, labels: dict[str, str]) -> dict[str, Any]:
        head = {"apiVersion": "resource.k8s.io/v1", "kind": "DeviceClass"}
        return head | {"metadata": {"name": name, "labels": labels}, "spec": {}}

    def complaint(method: str, name: str = "", body: dict[str, Any] | None = None) -> str:
        return plane.cluster.api.complaint(token, method, f"{path}/{name}".rstrip("/"), body)

    plane.kubectl.apply(a_class("another", {}))
    assert complaint("POST", body=a_class("ours", own)) == ""
    assert "says so in its label" in complaint("POST", body=a_class("unmarked", {}))
    for patch in ({"metadata": {"labels": own}}, {"spec": {"selectors": []}}):
        assert "its own classes only" in complaint("PATCH", "another", patch)
    assert "its own classes only" in complaint("DELETE", "another")
    assert complaint("DELETE", "ours") == ""
    plane.kubectl.run("delete", "deviceclass", "another")


def test_the_operator_writes_events_of_objects_without_a_namespace_only(plane: Plane) -> None:
    account = f"--as=system:serviceaccount:{NAMESPACE}:nacelle-operator"
    may = [
        plane.kubectl.attempt("auth", "can-i", "create", "events.events.k8s.io", account, "-n", space).stdout.strip()
        for space in ("default", NAMESPACE)
    ]
    assert may == ["yes", "no"]


@pytest.mark.parametrize(
    ("resource", "verbs"),
    [
        ("acceleratorpolicies.nacelle.dev", {"list", "watch"}),
        ("acceleratorpolicies.nacelle.dev --subresource=status", {"patch"}),
        ("nodeaccelerators.nacelle.dev", {"list", "watch", "patch"}),
        ("nodeaccelerators.nacelle.dev --subresource=status", set()),
        ("nodes", {"list", "watch", "patch"}),
        ("nodes --subresource=status", set()),
        ("deviceclasses.resource.k8s.io", {"list", "watch", "create", "patch", "delete"}),
        ("resourceslices.resource.k8s.io", set()),
        ("pods -A", set()),
        ("secrets -A", set()),
        ("clusterroles.rbac.authorization.k8s.io", set()),
        ("clusterroles.rbac.authorization.k8s.io/nacelle-agent", {"get"}),
        ("leases.coordination.k8s.io -n nacelle-system", {"create"}),
        ("leases.coordination.k8s.io/nacelle-operator -n nacelle-system", {"get", "update", "create"}),
        ("leases.coordination.k8s.io/another -n nacelle-system", {"create"}),
        ("leases.coordination.k8s.io/nacelle-operator -n kube-system", set()),
    ],
)
def test_the_operator_may_what_it_needs_and_nothing_else(plane: Plane, resource: str, verbs: set[str]) -> None:
    every = {"get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"}
    assert {verb for verb in every if plane.may(verb, *resource.split(), account="nacelle-operator")} == verbs


def test_a_policy_in_the_values_reaches_the_agent_and_leaves_with_it(plane: Plane) -> None:
    read = ("get", "configmap", "nacelle-agent", "-n", NAMESPACE)
    upgrade = ("upgrade", RELEASE, str(CHART), "-n", NAMESPACE)
    plane.helm.run(*upgrade, *set_words({"policy": {"rest": "hide"}}))
    assert "rest: hide" in plane.kubectl.run(*read, "-o", "jsonpath={.data.policy\\.yaml}")
    plane.helm.run(*upgrade, "--reset-values")
    assert "not found" in plane.kubectl.attempt(*read).stderr


def _allocate(plane: Plane, name: str, *others: dict[str, Any]) -> None:
    """What the scheduler does with a claim: it gets the device d of node n1, and others."""
    request = {"name": "r", "exactly": {"deviceClassName": "c"}}
    plane.kubectl.apply(_claim(name) | {"spec": {"devices": {"requests": [request]}}})
    words = ("apply", "--server-side", "--subresource=status", "-f", "-")
    status = {"status": {"allocation": _allocation("d", others)}}
    plane.kubectl.run(*words, stdin=json.dumps(_claim(name) | status))


def _write_status(plane: Plane, node: str, name: str, status: dict[str, Any]) -> str:
    """As the agent does it: by a server-side apply to the subresource."""
    words = ("apply", "--server-side", "--subresource=status", "--force-conflicts", "-f", "-")
    text = _claim(name) | {"status": status}
    manager = "--field-manager=nacelle-agent"
    return plane.complaint(plane.token_on(node), *words, manager, stdin=text)


def _merge_status(plane: Plane, name: str, status: dict[str, Any]) -> str:
    words = ("patch", "resourceclaim", name, "-n", "default", "--subresource=status")
    text = json.dumps({"status": status})
    return plane.complaint(plane.token_on("n1"), *words, "--type=merge", "-p", text)


def _rbac(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    head = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": kind}
    return head | {"metadata": {"name": "older"}} | body


_ROLE = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "older"}
_AGENT = {"kind": "ServiceAccount", "name": "nacelle-agent", "namespace": NAMESPACE}
_BOUND = {"roleRef": _ROLE, "subjects": [_AGENT]}


def _claim(name: str) -> dict[str, Any]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceClaim",
        "metadata": {"name": name, "namespace": "default"},
    }


def _allocation(device: str, others: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    result = {"request": "r", "driver": DRIVER, "pool": "n1", "device": device}
    field = {"key": "metadata.name", "operator": "In", "values": ["n1"]}
    selector = {"nodeSelectorTerms": [{"matchFields": [field]}]}
    results = [result, *({"request": "r"} | other for other in others)]
    return {"devices": {"results": results}, "nodeSelector": selector}


def _device(node: str) -> dict[str, Any]:
    return {"driver": DRIVER, "pool": node, "device": "d", "data": {"family": "uacce"}}


def _accelerators(name: str) -> dict[str, Any]:
    head = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators"}
    return head | {"metadata": {"name": name}}


def _policy(name: str, offers: list[dict[str, str]]) -> dict[str, Any]:
    head = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "AcceleratorPolicy"}
    return head | {"metadata": {"name": name}, "spec": {"offers": offers}}


def _write_node_status(plane: Plane, node: str, name: str) -> str:
    words = ("apply", "--server-side", "--subresource=status", "-f", "-")
    summary = {"functions": 0, "unhealthy": 0, "devices": 0, "held": 0, "problems": 0}
    text = _accelerators(name) | {"status": {"summary": summary}}
    return plane.complaint(plane.token_on(node), *words, stdin=text)


def _node(name: str) -> dict[str, Any]:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}


def _pod(node: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": f"agent-{node}", "namespace": NAMESPACE},
        "spec": {
            "nodeName": node,
            "serviceAccountName": "nacelle-agent",
            "containers": [{"name": "agent", "image": "none"}],
            "tolerations": [{"operator": "Exists"}],
        },
    }


def _slice(node: str, name: str, driver: str = DRIVER) -> dict[str, Any]:
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": name},
        "spec": {
            "driver": driver,
            "nodeName": node,
            "pool": {"name": node, "generation": 1, "resourceSliceCount": 1},
            "devices": [{"name": "d"}],
        },
    }

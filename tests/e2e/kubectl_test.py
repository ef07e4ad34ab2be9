# SPDX-License-Identifier: Apache-2.0
"""kubectl nacelle against a real API server, by the real kubectl."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import documents
from tests.support.cluster.bare import BareCluster
from tests.support.cluster.images import REPOSITORY
from tests.support.cluster.process import wait_for

PLUGIN = REPOSITORY / "build" / "release" / "bin" / "kubectl-nacelle"
DRIVER = "nacelle.dev"

pytestmark = pytest.mark.skipif(
    not (shutil.which("go") and shutil.which("openssl")), reason="not installed: go, openssl"
)


class Plugin:
    def __init__(self, cluster: BareCluster, folder: Path) -> None:
        self.cluster = cluster
        self.kubectl = cluster.kubectl
        config = cluster.folder / "secrets" / "admin.kubeconfig"
        self._environment = os.environ | {
            "PATH": f"{folder}:{PLUGIN.parent}:{os.environ['PATH']}",
            "KUBECONFIG": str(config),
        }

    def run(self, *words: str, status: int = 0) -> str:
        done = self.attempt(*words)
        assert done.returncode == status, done.stderr
        return done.stdout

    def attempt(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["kubectl", "nacelle", *words],
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture(scope="module")
def plugin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plugin]:
    """Two nodes, n1 with a zlib function that is held, n2 with one that is free."""
    if not PLUGIN.exists():
        pytest.fail(f"{PLUGIN} is not there: ./dev build release", pytrace=False)
    cluster = BareCluster()
    try:
        folder = tmp_path_factory.mktemp("bin")
        (folder / "kubectl").symlink_to(cluster.kubectl.binary)
        crds = REPOSITORY / "charts" / "nacelle" / "crds"
        cluster.kubectl.install_definitions(crds)
        for name, holders in (("n1", [_HOLDER]), ("n2", [])):
            _publish(cluster, name, holders)
        yield Plugin(cluster, folder)
    finally:
        cluster.stop()


def test_nodes_say_what_is_offered_and_held(plugin: Plugin) -> None:
    heading, n1, n2 = plugin.run("nodes").splitlines()
    assert heading.split()[:2] == ["NODE", "FUNCTIONS"]
    assert n1.endswith("sw-zip 1/1")
    assert n2.endswith("sw-zip 0/1")


def test_a_person_may_log_in_with_options_too(plugin: Plugin) -> None:
    cluster = plugin.cluster
    words = ("--server", cluster.url, "--token", cluster.token, "--certificate-authority", str(cluster.ca_file))
    assert "n1" in plugin.run("nodes", "--kubeconfig", "/dev/null", *words)
    nobody = plugin.attempt("nodes", "--as", "nobody", "--as-group", "a", "--as-group", "b")
    assert nobody.returncode == 1
    assert "nobody" in nobody.stderr


def test_functions_of_one_node_or_of_all(plugin: Plugin) -> None:
    assert len(plugin.run("functions").splitlines()) == 3
    assert plugin.run("functions", "n2").splitlines()[1].startswith("n2")
    described = json.loads(plugin.run("functions", "n2", "-o", "json"))
    (function,) = described["nodes"][0]["functions"]
    assert function["operations"] == ["zlib"]


def test_find_names_the_node_where_a_queue_is_free(plugin: Plugin) -> None:
    text = plugin.run("find", "zlib near numa:1")
    assert text.splitlines()[1].split()[1] == "n2"
    assert "1 of 2 nodes can." in text


def test_find_says_what_a_pod_must_tolerate_and_leaves_out_nodes_that_start_none(plugin: Plugin) -> None:
    plugin.kubectl.run("taint", "node", "n2", "dedicated=x:NoSchedule")
    try:
        assert "A pod must tolerate dedicated:NoSchedule on n2." in plugin.run("find", "zlib")
    finally:
        plugin.kubectl.run("taint", "node", "n2", "dedicated-")
    plugin.kubectl.run("cordon", "n2")
    try:
        assert "n2: zlib: the node is cordoned" in plugin.run("find", "zlib", status=1)
    finally:
        plugin.kubectl.run("uncordon", "n2")


def test_find_says_why_no_node_can_and_exits_with_1(plugin: Plugin) -> None:
    done = plugin.attempt("find", "lz4")
    assert done.returncode == 1
    assert "No node answers: lz4" in done.stdout
    assert done.stderr == "kubectl-nacelle: find: no node answers: lz4\n"


def test_who_may_not_list_all_is_told_what_was_not_looked_at(plugin: Plugin) -> None:
    head = {"apiVersion": "rbac.authorization.k8s.io/v1"}
    rule = {"apiGroups": ["nacelle.dev"], "resources": ["nodeaccelerators"], "verbs": ["list"]}
    role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "reader"}
    reader = {"roleRef": role, "subjects": [{"kind": "User", "name": "reader", "apiGroup": role["apiGroup"]}]}
    named = {"metadata": {"name": "reader"}}
    plugin.kubectl.apply(head | {"kind": "ClusterRole", "rules": [rule]} | named, head | {"kind": "ClusterRoleBinding"} | reader | named)
    assert "1 of 2 nodes can. Whether they are ready was not asked: you may not list nodes." in plugin.run("find", "zlib", "--as", "reader")
    core = {"apiGroups": [""], "resources": ["nodes", "pods"], "verbs": ["list"]}
    plugin.kubectl.apply(head | {"kind": "ClusterRole", "rules": [rule, core]} | named)
    causes = json.loads(plugin.run("doctor", "-o", "json", "--as", "reader", status=1))["causes"]
    (unseen,) = [cause["findings"] for cause in causes if cause["cause"] == "may-not-look"]
    assert "resourceclaims.resource.k8s.io" in {finding["where"] for finding in unseen}


def test_who_holds_what(plugin: Plugin) -> None:
    holders = json.loads(plugin.run("who", "-o", "json"))["holders"]
    assert [(one["node"], one["pod"]) for one in holders] == [("n1", "p")]


def test_a_node_as_a_tree_and_as_a_picture(plugin: Plugin) -> None:
    assert "uacce-sw-zip-1" in plugin.run("tree", "n1")
    picture = plugin.run("draw", "n1")
    assert picture.startswith("<svg") or picture.startswith("<?xml")
    assert "uacce-sw-zip-1" in picture


def test_explain_tells_all_of_a_function(plugin: Plugin) -> None:
    text = plugin.run("explain", "uacce-sw-zip-1")
    assert "held by     default/p, container main" in text
    assert plugin.run("explain", "no-such-function", status=1) == ""


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("tree", "n9"), "node n9: "),
        (("find", "zlib", "-o", "xml"), "no such format: xml"),
        (("nodes", "--context", "nowhere"), '"nowhere" does not exist'),
    ],
)
def test_a_failure_is_one_line_that_names_the_thing(
    plugin: Plugin, words: tuple[str, ...], complaint: str
) -> None:
    done = plugin.attempt(*words)
    assert done.returncode in (1, 2)
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    "query",
    [
        "zlib",
        "2 aes-gcm,access=sva",
        "zlib,family!=qat,interface=sw_zip,numa=1",
        "zlib near numa:1",
        "zlib + sha256 sharing hbm",
        "aes-gcm + zlib chained",
        "afu:0123456789abcdef0123456789abcdef",
    ],
)
def test_a_claim_is_accepted_by_the_api_server(plugin: Plugin, query: str) -> None:
    claim = plugin.run("claim", query, "--with-device-class", "--name", "c")
    words = ("apply", "--server-side", "--dry-run=server", "--validate=strict", "-f", "-")
    assert "resourceclaimtemplate.resource.k8s.io/c" in plugin.kubectl.run(*words, stdin=claim)


def test_the_scheduler_gives_a_claim_what_the_query_asks(plugin: Plugin) -> None:
    plugin.kubectl.apply(_slice("n1", _zips()))
    claim = plugin.run("claim", "zlib,access=sva near numa:1", "--with-device-class", "--name=near")
    plugin.kubectl.run("apply", "-f", "-", stdin=claim)
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    wait_for("the namespace's account", lambda: plugin.cluster.api.find(account), 60)
    plugin.kubectl.apply(_pod("claims", "near"))

    devices = wait_for("a claim that is allocated", lambda: _allocated(plugin, "zip-"), 60)
    # Others compute zlib as well: farther away, or not by SVA.
    assert devices == ["zip-1"]


def test_the_scheduler_never_gives_two_shares_of_one_queue_for_two(plugin: Plugin) -> None:
    shares = [_share(name, queue) for name, queue in (("dsa-0", "dsa-0"), ("dsa-0-1", "dsa-0"), ("dsa-1", "dsa-1"))]
    plugin.kubectl.apply(_slice("n2", shares))
    for name, query in (("two", "memmove + crc32c"), ("three", "3 memmove")):
        claim = plugin.run("claim", query, "--with-device-class", f"--name={name}")
        plugin.kubectl.run("apply", "-f", "-", stdin=claim)
    account = "/api/v1/namespaces/default/serviceaccounts/default"
    wait_for("the namespace's account", lambda: plugin.cluster.api.find(account), 60)
    # Of three there are not as many queues, whatever the shares.
    plugin.kubectl.apply(_pod("three", "three"))
    plugin.kubectl.apply(_pod("two", "two"))

    devices = wait_for("a claim that is allocated", lambda: _allocated(plugin, "dsa-"), 60)
    assert len({name.removesuffix("-1") if name.count("-") == 2 else name for name in devices}) == 2
    assert len(devices) == 2


def test_what_the_page_on_asking_shows_is_accepted_by_the_api_server(plugin: Plugin, tmp_path: Path) -> None:
    config = plugin.cluster.folder / "secrets" / "admin.kubeconfig"
    programs = {"kubectl": plugin.kubectl.binary, "kubectl-nacelle": PLUGIN}
    shell = documents.Shell(tmp_path / "reader", config, programs)
    shell.run(documents.command("ask-for.md", "kubectl nacelle claim"))
    assert shell.run(documents.command("operating.md", "kubectl get nacc -o wide"))
    shown = documents.manifests("ask-for.md")
    assert {"by-resource", "by-bundle", "by-claim", "bundles", "by-claims"} == set(shown)
    words = ("apply", "--dry-run=server", "--validate=strict", "-f", "-")
    for text in shown.values():
        plugin.kubectl.run(*words, stdin=text)


def test_the_doctor_says_what_is_wrong_and_exits_with_1(plugin: Plugin) -> None:
    done = plugin.attempt("doctor", "-o", "json")
    assert done.returncode == 1
    causes = {cause["cause"] for cause in json.loads(done.stdout)["causes"]}
    # There are nodes without agent, and kubelet.
    assert "not-registered" in causes
    assert "no-agent" in causes


def test_what_the_doctor_says_to_look_at_can_be_looked_at(plugin: Plugin, tmp_path: Path) -> None:
    config = plugin.cluster.folder / "secrets" / "admin.kubeconfig"
    programs = {"kubectl": plugin.kubectl.binary, "kubectl-nacelle": PLUGIN}
    shell = documents.Shell(tmp_path / "reader", config, programs)
    assert "n1" in shell.run(documents.command("troubleshooting.md", "kubectl get nodes --show-labels"))
    assert "n1" in shell.run(documents.command("troubleshooting.md", "kubectl nacelle nodes"))
    assert "n1" in shell.run(documents.command("troubleshooting.md", "kubectl nacelle functions"))
    assert "n1" in shell.run(documents.command("troubleshooting.md", "kubectl nacelle who"))
    find = documents.command("troubleshooting.md", "kubectl nacelle find QUERY")
    assert "n2" in shell.run(find.replace("QUERY", "zlib"))
    may = documents.command("troubleshooting.md", "kubectl auth can-i list RESOURCE --all-namespaces")
    assert "yes" in shell.run(may.replace("RESOURCE", "deviceclasses.resource.k8s.io"))
    shell.run(documents.command("troubleshooting.md", "kubectl get deviceclasses"))
    shell.run(documents.command("troubleshooting.md", "kubectl get resourceslices"))
    shell.run(documents.command("troubleshooting.md", "kubectl describe accpol"))
    assert "n1" in shell.run(documents.command("troubleshooting.md", "kubectl uncordon NODE").replace("NODE", "n1"))


def test_the_list_of_causes_in_the_documents_is_the_doctors() -> None:
    page = subprocess.run(
        [PLUGIN, "doctor", "--page"], capture_output=True, text=True, check=True, timeout=60
    ).stdout
    document = REPOSITORY / "docs" / "troubleshooting.md"
    assert document.read_text(encoding="utf-8") == page, "kubectl-nacelle doctor --page"


def test_the_plugin_is_one_static_file() -> None:
    program = subprocess.run(
        ["readelf", "--program-headers", PLUGIN], capture_output=True, text=True, check=True
    ).stdout
    assert "interpreter" not in program


_HOLDER = {
    "resource": "nacelle.dev/sw-zip",
    "device": "uacce-sw-zip-1",
    "namespace": "default",
    "pod": "p",
    "container": "main",
}


def _publish(cluster: BareCluster, name: str, holders: list[dict[str, str]]) -> None:
    """A node that takes pods, and what its agent would say."""
    amounts = {"pods": "110", "cpu": "4", "memory": "4Gi"}
    condition = {"type": "Ready", "status": "True", "reason": "Test", "message": "there"}
    node = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}
    status = {"allocatable": amounts, "capacity": amounts, "conditions": [condition]}
    cluster.kubectl.apply(node)
    # Its admission gives it to each node; who would take it away is not there.
    cluster.kubectl.run("taint", "node", name, "node.kubernetes.io/not-ready-")
    _write_status(cluster, node, status)
    head = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators"}
    accelerators = head | {"metadata": {"name": name}}
    cluster.kubectl.apply(accelerators | {"spec": {}})
    _write_status(cluster, accelerators, _status(holders))


def _write_status(cluster: BareCluster, named: dict[str, Any], status: dict[str, Any]) -> None:
    words = ("apply", "--server-side", "--subresource=status", "--validate=strict", "-f", "-")
    cluster.kubectl.run(*words, stdin=json.dumps(named | {"status": status}))


def _status(holders: list[dict[str, str]]) -> dict[str, Any]:
    function = {
        "id": "uacce-sw-zip-1",
        "family": "uacce",
        "interface": "sw_zip",
        "api": "sw_v1",
        "operations": ["zlib"],
        "access": "sva",
        "numa": 1,
        "path": "/sys/devices/platform/sw_zip.1",
        "healthy": True,
        "queues": [{"id": "uacce-sw-zip-1", "nodes": ["/dev/sw_zip-1"], "healthy": True}],
        "affinities": [{"domain": "dram-1", "distance": 10}, {"domain": "dram-0", "distance": 20}],
    }
    numa = [
        {"id": 0, "hasCPUs": True, "distances": [10, 20]},
        {"id": 1, "hasCPUs": True, "distances": [20, 10]},
    ]
    domains = [{"id": f"dram-{n}", "kind": "dram", "numa": n, "localNodes": [n]} for n in (0, 1)]
    member = {"id": "uacce-sw-zip-1", "shares": 1, "healthy": True}
    offer = {
        "resource": "nacelle.dev/sw-zip",
        "through": "devicePlugin",
        "devices": 1,
        "healthy": 1,
        "held": len(holders),
        "free": 1 - len(holders),
        "members": [member],
    }
    summary = {"functions": 1, "unhealthy": 0, "devices": 1, "held": len(holders), "problems": 0}
    return {
        "observedGeneration": 1,
        "summary": summary,
        "functions": [function],
        "numaNodes": numa,
        "domains": domains,
        "offers": [offer],
        "holdings": holders,
    }


def _share(name: str, queue: str) -> dict[str, Any]:
    attributes = {f"{DRIVER}/memmove": {"bool": True}, f"{DRIVER}/crc32c": {"bool": True}}
    return {"name": name, "attributes": {**attributes, f"{DRIVER}/queue": {"string": queue}}}


def _zips() -> list[dict[str, Any]]:
    def device(name: str, numa: int, access: str, operation: str) -> dict[str, Any]:
        return {
            "name": name,
            "attributes": {
                f"{DRIVER}/access": {"string": access},
                f"{DRIVER}/{operation}": {"bool": True},
                "resource.kubernetes.io/numaNode": {"int": numa},
            },
        }

    return [
        device("sec-1", 1, "sva", "sha256"),
        device("zip-0", 0, "sva", "zlib"),
        device("zip-1-copies", 1, "none", "zlib"),
        device("zip-1", 1, "sva", "zlib"),
    ]


def _slice(node: str, devices: list[dict[str, Any]]) -> dict[str, Any]:
    """As the agent writes it: plugin/dra/slice_device.cc."""
    return {
        "apiVersion": "resource.k8s.io/v1",
        "kind": "ResourceSlice",
        "metadata": {"name": node},
        "spec": {
            "driver": DRIVER,
            "nodeName": node,
            "pool": {"name": node, "generation": 1, "resourceSliceCount": 1},
            "devices": devices,
        },
    }


def _pod(name: str, template: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "default"},
        "spec": {
            "resourceClaims": [{"name": "a", "resourceClaimTemplateName": template}],
            "tolerations": [{"operator": "Exists"}],
            "containers": [
                {"name": "main", "image": "none", "resources": {"claims": [{"name": "a"}]}}
            ],
        },
    }


def _allocated(plugin: Plugin, prefix: str) -> list[str]:
    claims = plugin.cluster.api.get("/apis/resource.k8s.io/v1/namespaces/default/resourceclaims")
    return [
        result["device"]
        for claim in claims["items"]
        for result in claim.get("status", {}).get("allocation", {}).get("devices", {}).get("results", [])
        if result["device"].startswith(prefix)
    ]

#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Measures operator and kubectl nacelle at 5,000 nodes with 16 functions each.

The API server and etcd are real, and on the same machine; nodes and their
NodeAccelerators are objects that are written straight to the API server: nodes with
labels, images and conditions as real ones have, and a policy that all agents have taken.
Kubelets also renew a Lease each, every ten seconds. The operator watches none of them, and
reads only its own, so they are not here.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import resource
import shutil
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.support.cluster.bare import BareCluster  # noqa: E402
from tests.support.cluster.images import REPOSITORY  # noqa: E402
from tests.support.cluster.process import Process, wait_for  # noqa: E402

NODES = int(os.environ.get("NACELLE_BENCH_NODES", "5000"))
FUNCTIONS = 16
# Of which the offers change each second, and how long.
CHANGED = NODES // 25
SECONDS = 10
# Longer than the operator looks without any change.
IDLE_SECONDS = 35
LISTEN = "127.0.0.1:19441"
GROUP = "/apis/nacelle.dev/v1alpha1/nodeaccelerators"
PROGRAMS = REPOSITORY / "build" / "release" / "bin"


@dataclass
class Figure:
    name: str
    unit: str
    value: float
    limit: float

    def row(self) -> dict[str, Any]:
        ratio = self.value / self.limit if self.limit else (0.0 if self.value == 0 else 1e9)
        return vars(self) | {"ratio": round(ratio, 3), "holds": self.value <= self.limit}


class Server:
    """Many calls, on a few connections that stay open."""

    def __init__(self, cluster: BareCluster) -> None:
        self._host = cluster.url.removeprefix("https://")
        self._token = cluster.token
        self._context = ssl.create_default_context(cafile=str(cluster.ca_file))

    def call_all(self, calls: list[tuple[str, str, dict]]) -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(self._call_part, [calls[i::4] for i in range(4)]))

    def _call_part(self, calls: list[tuple[str, str, dict]]) -> None:
        connection = http.client.HTTPSConnection(self._host, context=self._context, timeout=60)
        for method, path, body in calls:
            kind = "application/json" if method == "POST" else "application/merge-patch+json"
            headers = {"Authorization": f"Bearer {self._token}", "Content-Type": kind}
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise RuntimeError(f"{method} {path}: {answer.status} {text[:300]!r}")


def name_of(number: int) -> str:
    return f"node-{number:04}"


def function(number: int) -> dict[str, Any]:
    own = f"uacce-0000-41-00-{number}"
    return {
        **{"id": own, "family": "uacce", "interface": "hisi_zip", "api": "hisi_qm_v3", "access": "sva"},
        **{"operations": ["deflate", "gzip", "zlib"], "numa": number % 4, "healthy": True},
        "path": f"/sys/devices/pci0000:40/0000:40:01.0/0000:41:00.{number}",
        "driver": "hisi_zip",
        "queues": [{"id": own, "nodes": [f"/dev/hisi_zip-{number}"], "instances": 256, "healthy": True}],
        "affinities": [{"domain": f"dram-{one}", "distance": 10 if one == number % 4 else 20} for one in range(4)],
    }


def offer(free: int) -> dict[str, Any]:
    members = [{"id": f"uacce-0000-41-00-{number}", "shares": 1, "healthy": True} for number in range(FUNCTIONS)]
    counts = {"devices": FUNCTIONS, "healthy": FUNCTIONS, "held": FUNCTIONS - free, "free": free}
    return {"resource": "nacelle.dev/hisi-zip", "through": "devicePlugin", "members": members} | counts


def status(free: int) -> dict[str, Any]:
    stamp = "2026-01-01T00:00:00Z"
    ready = {"type": "Ready", "status": "True", "reason": "Registered", "lastTransitionTime": stamp}
    numa = [{"id": one, "hasCPUs": True, "distances": [10, 20, 20, 20]} for one in range(4)]
    return {
        "observedGeneration": 1,
        "summary": {"functions": FUNCTIONS, "unhealthy": 0, "devices": FUNCTIONS, "held": 0, "problems": 0},
        "functions": [function(number) for number in range(FUNCTIONS)],
        "numaNodes": numa,
        "domains": [{"id": f"dram-{one}", "kind": "dram", "numa": one, "localNodes": [one]} for one in range(4)],
        "offers": [offer(free)],
        "conditions": [ready],
    }


def conditions(heard: str) -> list[dict[str, Any]]:
    types = ("MemoryPressure", "DiskPressure", "PIDPressure")
    times = {"lastHeartbeatTime": heard, "lastTransitionTime": "2026-01-01T00:00:00Z", "reason": "Reported", "message": "as its kubelet says"}
    return [{"type": name, "status": "False"} | times for name in types] + [{"type": "Ready", "status": "True"} | times]


def node_status() -> dict[str, Any]:
    images = [{"names": [f"registry.example/some/path/image-{one}@sha256:{one:064}"], "sizeBytes": 123456789} for one in range(50)]
    return {"status": {"conditions": conditions("2026-01-01T00:00:00Z"), "images": images}}


def heartbeat() -> dict[str, Any]:
    """What a kubelet writes though nothing has changed."""
    return {"status": {"conditions": conditions("2026-01-01T00:05:00Z")}}


def spec_of(cluster: BareCluster) -> dict[str, Any]:
    """What the operator writes for a policy of eight offers, which is made here."""
    offers = [{"name": f"offer-{number}", "find": f"zlib,numa={number}"} for number in range(8)]
    head = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "AcceleratorPolicy", "metadata": {"name": "p"}}
    cluster.kubectl.apply(head | {"spec": {"offers": offers}})
    made = cluster.api.get("/apis/nacelle.dev/v1alpha1/acceleratorpolicies/p")
    reference = {"name": "p"} | {name: made["metadata"][name] for name in ("generation", "uid")}
    return {"policy": reference} | {name: value for name, value in made["spec"].items() if name != "nodeSelector"}


def fill(server: Server, spec: dict[str, Any]) -> None:
    names = [name_of(number) for number in range(NODES)]
    head = {"apiVersion": "nacelle.dev/v1alpha1", "kind": "NodeAccelerators"}
    labels = {f"example.com/label-{number}": f"value-{number}" for number in range(20)}
    node = {"apiVersion": "v1", "kind": "Node"}
    server.call_all([("POST", "/api/v1/nodes", node | {"metadata": {"name": name, "labels": labels}}) for name in names])
    server.call_all([("PATCH", f"/api/v1/nodes/{name}/status", node_status()) for name in names])
    server.call_all([("POST", GROUP, head | {"metadata": {"name": name}, "spec": spec}) for name in names])
    taken = status(8) | {"policy": spec["policy"]}
    server.call_all([("PATCH", f"{GROUP}/{name}/status", {"status": taken}) for name in names])


def metric(name: str) -> float:
    """The sum over its labels; 0 when it is not shown."""
    with urllib.request.urlopen(f"http://{LISTEN}/metrics", timeout=10) as answer:
        text = answer.read().decode()
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{.*}})? (\S+)$", text, re.MULTILINE))


def calls() -> float:
    """Of the operator to the API server, but for lists, watches and its lease."""
    return metric("nacelle_operator_writes_total") + metric("nacelle_operator_write_failures_total")


def has_planned() -> bool:
    try:
        return metric("nacelle_operator_plans_total") >= 1
    except OSError:
        return False


def memory_mb(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
    return int(re.search(r"^VmHWM:\s+(\d+) kB", text, re.MULTILINE)[1]) / 1000


def start(cluster: BareCluster, folder: Path, name: str) -> Process:
    words = [
        *(str(PROGRAMS / "nacelle-operator"), "--listen", LISTEN, "--namespace", "default", "--label-nodes"),
        *("--identity", name, "--kube-api", cluster.url, "--kube-token", str(cluster.token_file)),
        *("--kube-ca", str(cluster.ca_file)),
    ]
    return Process("nacelle-operator", words, folder / f"{name}.log")


def measure_operator(cluster: BareCluster, server: Server, folder: Path) -> list[Figure]:
    first = start(cluster, folder, "first")
    began = time.monotonic()
    wait_for("all labels", lambda: has_planned() and metric("nacelle_operator_writes_total") >= NODES, 300, why_not=first.log_tail)
    labelled = time.monotonic() - began
    first.stop()

    began = time.monotonic()
    second = start(cluster, folder, "second")
    wait_for("the first plan", has_planned, 120, every=0.05, why_not=second.log_tail)
    synced = time.monotonic() - began
    until = time.monotonic() + IDLE_SECONDS
    # Once each in this time, where kubelets report in five minutes.
    server.call_all([("PATCH", f"/api/v1/nodes/{name_of(number)}/status", heartbeat()) for number in range(NODES)])
    time.sleep(max(0.0, until - time.monotonic()))
    idle = calls()
    for round_ in range(SECONDS):
        until = time.monotonic() + 1
        free = 8 if round_ % 2 else 2
        patches = [("PATCH", f"{GROUP}/{name_of(number)}/status", {"status": {"offers": [offer(free)]}}) for number in range(CHANGED)]
        server.call_all(patches)
        time.sleep(max(0.0, until - time.monotonic()))
    a_node_and_second = (calls() - idle) / CHANGED / SECONDS
    most = memory_mb(second.pid)
    second.stop()
    return [
        Figure(f"operator, {NODES} nodes: from the start to a plan of all, nothing to write", "s", round(synced, 2), 10),
        Figure(f"operator, {NODES} nodes: largest memory", "MB", round(most, 1), 150),
        Figure(f"operator, {NODES} nodes: writes while they only report, {IDLE_SECONDS} s", "writes", idle, 0),
        Figure(f"operator, {NODES} nodes: calls a changed node and second", "calls", round(a_node_and_second, 3), 1),
        Figure(f"operator, {NODES} nodes: all labels written the first time", "s", round(labelled, 1), 300),
    ]


def cpu_seconds_of(words: list[str], environment: dict[str, str]) -> float:
    """Of the command and all that it runs: what else the machine does counts less."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(words, env=environment, stdout=subprocess.DEVNULL, check=True, timeout=900)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def measure_find(cluster: BareCluster, folder: Path) -> list[Figure]:
    (folder / "kubectl").symlink_to(cluster.kubectl.binary)
    config = cluster.folder / "secrets" / "admin.kubeconfig"
    path = f"{folder}:{PROGRAMS}:{os.environ['PATH']}"
    environment = os.environ | {"PATH": path, "KUBECONFIG": str(config)}
    listing = ["kubectl", "get", "--raw", GROUP]
    finding = ["kubectl", "nacelle", "find", "zlib near numa:2"]
    beyond = [cpu_seconds_of(finding, environment) - cpu_seconds_of(listing, environment) for _ in range(3)]
    return [Figure(f"kubectl nacelle find, {NODES} nodes: CPU time beyond the list", "s", round(sorted(beyond)[1], 2), 2)]


def report(figures: list[Figure], file: Path | None) -> bool:
    rows = [figure.row() for figure in figures]
    for row in rows:
        print(f"{row['name']:<70} {row['value']:>9} {row['unit']:<7} limit {row['limit']}{'' if row['holds'] else '  TOO MUCH'}")
    if file:
        file.write_text(json.dumps(rows), encoding="utf-8")
    return all(row["holds"] for row in rows)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path)
    wanted = parser.parse_args()
    missing = [name for name in ("openssl", "go", "unshare") if not shutil.which(name)]
    if missing or os.geteuid() != 0:
        print(f"bench_operator: skipped: needs root and {', '.join(missing) or 'nothing else'}")
        if wanted.json:
            wanted.json.write_text("[]", encoding="utf-8")
        return 0
    folder = Path(tempfile.mkdtemp(prefix="nacelle-bench-"))
    cluster = BareCluster()
    try:
        cluster.keep_nodes()
        cluster.kubectl.install_definitions(REPOSITORY / "charts" / "nacelle" / "crds")
        server = Server(cluster)
        fill(server, spec_of(cluster))
        figures = measure_operator(cluster, server, folder)
        figures += measure_find(cluster, folder)
    finally:
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return 0 if report(figures, wanted.json) else 1


if __name__ == "__main__":
    sys.exit(main())

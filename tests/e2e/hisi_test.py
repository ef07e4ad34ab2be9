# SPDX-License-Identifier: Apache-2.0
"""The software Kunpeng in pods: devices of a real family, by their own interface."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.pods import Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.node_config import DEFAULT_FUNCTIONS, KUNPENG_FUNCTIONS
from tests.support.cluster.process import wait_for
from tests.support.page import blocks, section

CLIENT = "hisi-client"
SEC = KUNPENG_FUNCTIONS[-1]


@pytest.fixture
def kunpeng(cluster: Cluster, accelerators: Accelerators) -> Iterator[Accelerators]:
    for function in KUNPENG_FUNCTIONS:
        accelerators.add(function)
    accelerators.wait_allocatable("hisi-zip", 2)
    accelerators.wait_allocatable("hisi-sec2", 1)
    yield accelerators


def test_a_pod_compresses_hashes_and_encrypts_on_what_it_asked_for(
    pods: Pods, kunpeng: Accelerators
) -> None:
    pod = pods.start("zip", {"hisi-zip": 1})
    (function,) = pod.functions()["functions"]
    assert function["interface"] == "hisi_zip"
    assert function["api"] == "hisi_qm_v3"
    assert function["operations"] == ["deflate", "gzip", "inflate", "zlib"]
    # The client has checked against zlib.
    for operation in ("deflate", "gzip", "zlib"):
        assert f"{operation} 1048576 bytes ok" in pod.run(CLIENT, "--operation", operation)
    assert "ok" in pod.run(CLIENT, "--operation", "gzip", "--part", "8192")

    pod = pods.start("sec", {"hisi-sec2": 1})
    (function,) = pod.functions()["functions"]
    assert function["operations"] == [
        "aead", "aes-cbc", "aes-ccm", "aes-gcm", "aes-xts", "cipher", "digest", "sha256", "sha512", "sm3", "sm4-cbc"]
    assert function["numa"] == 1
    # And against OpenSSL.
    for operation in ("sha256", "hmac-sha512", "aes-256-cbc", "aes-128-xts", "aes-256-gcm"):
        assert f"{operation} 1048576 bytes ok" in pod.run(CLIENT, "--operation", operation)
    missing = pod.attempt(CLIENT, "--operation", "gzip")
    assert (missing.returncode, "no function with operation gzip" in missing.stderr) == (1, True)


def test_try_without_hardware_runs_as_the_page_says(
    cluster: Cluster, kunpeng: Accelerators, tmp_path: Path
) -> None:
    """With the functions of ./dev cluster, from where it is up."""
    page = section("try-without-hardware.md", "A pod on a cluster of its own")
    for function in (*DEFAULT_FUNCTIONS, *KUNPENG_FUNCTIONS):
        assert f"`{function.interface}`" in page
    shown, *others = blocks(page)
    environment = {
        "PATH": f"{cluster.kubectl.binary.parent}:{os.environ['PATH']}",
        "KUBECONFIG": str(cluster.kubeconfig),
        # kubectl keeps a cache there.
        "HOME": str(tmp_path),
    }

    def run(commands: str) -> str:
        return subprocess.run(
            ["bash", "-euc", commands], env=environment, check=True, timeout=180,
            capture_output=True, text=True,
        ).stdout  # fmt: skip

    for name, count in re.findall(r"`(nacelle\.dev/[a-z0-9-]+)` with (\d)", page):
        assert f'"{name}":"{count}"' in run(shown)
    said = "".join(run(commands) for commands in others)

    # Of the device and of time the page has an example.
    (line,) = blocks(page, "text")
    assert re.sub(r"\d+", "N", line) in re.sub(r"\d+", "N", said), said
    # The last one takes the pod away again.
    assert cluster.kubectl.run("get", "pods", "-o", "name") == ""


def test_two_pods_on_devices_of_different_nodes_each_find_their_own(
    pods: Pods, kunpeng: Accelerators
) -> None:
    first = pods.start("first", {"hisi-zip": 1})
    second = pods.start("second", {"hisi-zip": 1})
    nodes = set()
    for pod in (first, second):
        # A library that looks through all of sysfs must not find the other.
        assert pod.run("ls", "/sys/class/uacce").split() == pod.device_nodes()
        (own,) = pod.device_nodes()
        nodes.add(pod.run("cat", f"/sys/class/uacce/{own}/device/numa_node").strip())
        assert f"ok on {own} " in pod.run(CLIENT, "--operation", "zlib")
    assert nodes == {"0", "1"}
    assert set(first.function_ids()).isdisjoint(second.function_ids())


def test_removal_under_load_ends_in_a_clear_error(
    pods: Pods, kunpeng: Accelerators
) -> None:
    command = (CLIENT, "--operation", "async", "--count", "100000000")
    pod = pods.create("removed", {"hisi-sec2": 1}, command=command)
    pod.wait_phase("Running")

    kunpeng.delete(SEC)

    assert pod.wait_phase("Succeeded", "Failed", seconds=60) == "Failed"
    logs = wait_for("the client's last words", pod.logs, 30)
    assert "the device was removed" in logs or "the queue was disabled" in logs

# SPDX-License-Identifier: Apache-2.0
"""Pods compute on the queues that they were given."""

from __future__ import annotations

import pytest

from tests.e2e.pods import Pods

CLIENT = "swaccel-client"


@pytest.mark.parametrize(
    ("resource", "operation"), [("sw-zip", "zlib"), ("sw-sec", "sha256"), ("sw-dma", "memmove")]
)
def test_a_pod_runs_the_client_on_its_queue_and_the_result_is_right(
    pods: Pods, resource: str, operation: str
) -> None:
    pod = pods.finish(resource, {resource: 1}, CLIENT, "--operation", operation)
    # The client has checked the result against a computation of its own.
    assert f"{operation} 1048576 bytes ok on {resource.replace('-', '_')}-" in pod.logs()


def test_with_sva_the_client_passes_plain_malloced_pointers(pods: Pods) -> None:
    pod = pods.start("sva", {"sw-sec": 1})
    (function,) = pod.functions()["functions"]

    assert function["access"] == "sva"
    # With "zero" the device itself faults in pages that nobody has touched.
    for data in ("random", "zero"):
        done = pod.run(CLIENT, "--operation", "sha256", "--data", data, "--size", "4194304")
        assert "sha256 4194304 bytes ok" in done


def test_a_container_that_is_not_root_opens_its_queue(pods: Pods) -> None:
    pod = pods.start("user", {"sw-zip": 1}, user=1000)

    assert pod.run("id", "-u").strip() == "1000"
    assert "zlib 1048576 bytes ok" in pod.run(CLIENT, "--operation", "zlib")

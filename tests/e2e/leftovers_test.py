# SPDX-License-Identifier: Apache-2.0
"""Many pods one after another leave nothing behind."""

from __future__ import annotations

import os

from tests.e2e import footprint
from tests.e2e.accelerators import Accelerators
from tests.e2e.footprint import Footprint
from tests.e2e.pods import pod_spec
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.process import wait_for

PODS = 20 if os.environ.get("NACELLE_SHORT") else 200
_SECONDS_A_POD = 60
# A view goes when its container was absent from two lists, a minute apart.
_CLEANED_WITHIN = 240
_MEMORY_KIB = 1024


def test_many_pods_one_after_another_leave_no_view_mount_descriptor_or_byte(
    cluster: Cluster, pristine: Footprint, accelerators: Accelerators
) -> None:
    memory = footprint.anonymous_kib(cluster.node)

    _run_job(cluster)

    accelerators.wait_all_back()
    wait_for(
        "the node to be as it was",
        lambda: footprint.of(cluster.node).has_nothing_beyond(pristine),
        _CLEANED_WITHIN,
        every=2,
        why_not=lambda: f"was {pristine}\nis {footprint.of(cluster.node)}",
    )
    assert footprint.anonymous_kib(cluster.node) - memory <= _MEMORY_KIB


def _run_job(cluster: Cluster) -> None:
    command = ("swaccel-client", "--operation", "zlib")
    template = {"spec": pod_spec({"sw-zip": 1}, command)}
    cluster.kubectl.apply(
        {
            "apiVersion": "batch/v1",
            "kind": "Job",
            "metadata": {"name": "many", "namespace": "default"},
            "spec": {
                "completions": PODS,
                "parallelism": 1,
                "backoffLimit": 0,
                "template": template,
            },
        }
    )
    words = ("wait", "--for=condition=Complete", "job/many", f"--timeout={PODS * _SECONDS_A_POD}s")
    try:
        cluster.kubectl.run(*words, timeout=PODS * _SECONDS_A_POD + 10)
    finally:
        cluster.kubectl.run("delete", "job", "many", "--cascade=foreground", timeout=180)

# SPDX-License-Identifier: Apache-2.0
"""A container that asks for two resources of ours."""

from __future__ import annotations

from tests.e2e.pods import PREFIX, Pods


def test_a_container_with_two_resources_gets_both_in_one_description_and_one_mask(
    pods: Pods,
) -> None:
    pod = pods.start("both", {"sw-zip": 1, "sw-sec": 1})
    described = pod.functions()

    assert {grant["resource"] for grant in described["grants"]} == {
        PREFIX + "sw-zip",
        PREFIX + "sw-sec",
    }
    assert {function["interface"] for function in described["functions"]} == {"sw_zip", "sw_sec"}
    nodes = pod.device_nodes()
    assert len(nodes) == 2
    assert pod.run("ls", "/sys/class/uacce").split() == nodes
    assert pod.run("sh", "-c", "cd /dev && ls -d sw_*").split() == nodes

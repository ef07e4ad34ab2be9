# SPDX-License-Identifier: Apache-2.0
"""An FPGA of the kernel's own framework that is loaded while the agent watches.

Late in the order of the files: what its functions leave in the kubelet's lists
for a minute is in nobody's way.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from tests.e2e.accelerators import Accelerators
from tests.e2e.agent_view import AgentView
from tests.e2e.fpga import NODE, SEC, ZIP, Card, software_fpga
from tests.e2e.pods import Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.process import wait_for
from tests.support.vm.fpga_image import image

# Without a uevent the agent looks again on an interval.
SEEN_WITHIN = 60
# Seconds from one whole scan to the next.
WHOLE_MACHINE = 30


@pytest.fixture
def view(cluster: Cluster) -> AgentView:
    return AgentView(cluster)


@pytest.fixture
def card(cluster: Cluster, pods: Pods, accelerators: Accelerators) -> Iterator[Card]:
    with software_fpga(cluster.node) as made:
        yield made
        pods.delete_all()
    accelerators.wait_all_back()


def interface(contents: int) -> str:
    return f"fpga_{contents:032x}"[:17]


def wait_contents(view: AgentView, contents: int, seconds: float = SEEN_WITHIN) -> None:
    """Until the running agent shows a healthy region with these contents."""
    wait_for(
        f"contents {contents:x}",
        lambda: view.counted(family="fpga", interface=interface(contents), health="healthy") == 1,
        seconds,
        every=0.5,
    )


def test_a_reprogrammed_fpga_is_shown_as_it_is_and_then_computes_something_else(
    card: Card, view: AgentView, pods: Pods, accelerators: Accelerators
) -> None:
    card.load(0, image(ZIP, "sw_zip"))
    card.load(1, image(7))
    wait_contents(view, ZIP)
    accelerators.wait_allocatable("sw-zip", 3)

    before = view.generation("fpga-swfpga-region-0")
    card.set_phase(15000)
    card.start_load(0, image(SEC, "sw_sec"))
    accelerators.wait_allocatable("sw-zip", 2)
    region = view.function("fpga-swfpga-region-0")
    assert region and region["health"] == "unhealthy"
    assert region["reason"].startswith("reconfiguring (write"), region["reason"]
    assert view.counted(family="fpga", health="unhealthy") == 1
    neighbour = view.function("fpga-swfpga-region-1")
    assert neighbour and neighbour["health"] == "healthy"
    assert neighbour["card"] == region["card"] == "card-swfpga-0"

    accelerators.wait_allocatable("sw-sec", 3, SEEN_WITHIN + 60)
    wait_contents(view, SEC)
    assert view.generation("fpga-swfpga-region-0") == before + 1
    region = view.function("fpga-swfpga-region-0")
    assert region and region["operations"] == [f"afu:{SEC:032x}"]
    assert region["numa"] == NODE

    # Asks for all of its kind, to have the new one among them.
    pod = pods.start("reader", {"sw-sec": 3})
    functions = {function["id"]: function for function in pod.functions()["functions"]}
    made = functions["uacce-sw-sec-60000"]
    assert made["numa"] == NODE
    assert "sha256" in made["operations"]
    (node,) = made["queues"][0]["nodes"]
    done = pod.run("swaccel-client", "--operation", "sha256", "--node", node)
    assert "sha256 1048576 bytes ok" in done


def test_contents_that_change_without_a_uevent_are_seen_on_the_interval(
    card: Card, view: AgentView
) -> None:
    # Three in less than the whole machine's interval, so that it takes that of the contents.
    end = time.monotonic() + WHOLE_MACHINE
    for contents in (0xAAAA << 112 | 1, 0xBBBB << 112 | 2, 0xCCCC << 112 | 3):
        card.load(0, image(contents))
        wait_contents(view, contents, end - time.monotonic())
    assert view.counted(family="fpga", interface=interface(0xAAAA << 112)) == 0


def test_a_region_that_refused_an_image_is_unhealthy_with_the_kernel_s_reason(
    card: Card, view: AgentView
) -> None:
    card.load(0, image(ZIP))
    card.load(1, image(7))
    assert card.refuses(0, b"not an image")

    region = view.function("fpga-swfpga-region-0")
    assert region and region["health"] == "unhealthy"
    assert region["reason"] == (
        "not configured: parse header error: reconfig incompatible image"
    )
    neighbour = view.function("fpga-swfpga-region-1")
    assert neighbour and neighbour["health"] == "healthy"

    card.load(0, image(SEC))
    region = view.function("fpga-swfpga-region-0")
    assert region and region["health"] == "healthy"

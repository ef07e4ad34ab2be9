# SPDX-License-Identifier: Apache-2.0
"""Functions that vanish under a running pod, and come back."""

from __future__ import annotations

from tests.e2e.accelerators import Accelerators
from tests.e2e.agent_view import AgentView
from tests.e2e.pods import PREFIX, Pod, Pods
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.node_config import DEFAULT_FUNCTIONS, Function
from tests.support.cluster.process import wait_for


# Without the kernel's uevents the agent would look every thirty seconds only.
_AT_ONCE = 4


def test_a_removed_function_is_unhealthy_leaves_after_release_and_comes_back_with_its_id(
    cluster: Cluster, pods: Pods, accelerators: Accelerators
) -> None:
    agent = AgentView(cluster)
    holder = pods.start("holder", {"sw-zip": 1})
    held = _function_of(holder)
    name_before = accelerators.device_node(held)

    uevents = agent.uevents()
    accelerators.delete(held)
    wait_for("the agent's news", lambda: agent.counted(interface="sw_zip") == 1, _AT_ONCE)
    assert agent.uevents() > uevents
    accelerators.wait_allocatable("sw-zip", 1)
    assert accelerators.capacity("sw-zip") == 2
    holder.wait_until("the bad news", 60, lambda pod: _health(pod, held) == "Unhealthy")

    pods.delete(holder)
    accelerators.wait_capacity("sw-zip", 1)

    # Takes the index that was free, so that the name in /dev changes.
    accelerators.add(Function("sw_dma", 7, numa=0))
    accelerators.add(held)
    wait_for("the agent's news", lambda: agent.counted(interface="sw_zip") == 2, _AT_ONCE)
    accelerators.wait_allocatable("sw-zip", 2)
    assert accelerators.device_node(held) != name_before
    both = [pods.start(name, {"sw-zip": 1}) for name in ("first", "second")]
    assert held in [_function_of(pod) for pod in both]


def test_a_restarted_container_whose_node_means_another_function_is_refused(
    pods: Pods, accelerators: Accelerators
) -> None:
    pod = pods.start("victim", {"sw-zip": 1}, restart="Always")
    held = _function_of(pod)
    name = accelerators.device_node(held)
    accelerators.delete(held)
    _add_under_name(accelerators, name)

    # The container may end before the answer is here.
    pod.attempt("kill", "1")

    refusal = wait_for(
        "the refusal", lambda: _refusal(pod), 120, every=0.5, why_not=pod.describe
    )
    assert held.nacelle_id in refusal
    assert "running" not in pod.container["state"]
    assert pod.attempt("true").returncode != 0


def _add_under_name(accelerators: Accelerators, name: str) -> None:
    """Adds functions until the kernel gives one of them the name that was freed."""
    for number in range(7, 7 + len(DEFAULT_FUNCTIONS)):
        other = Function("sw_zip", number, numa=0)
        accelerators.add(other)
        if accelerators.device_node(other) == name:
            return
    raise AssertionError(f"no new function was called {name}")


def _function_of(pod: Pod) -> Function:
    (held,) = pod.function_ids()
    return next(function for function in DEFAULT_FUNCTIONS if function.nacelle_id == held)


def _health(pod: Pod, function: Function) -> str | None:
    for resource in pod.container.get("allocatedResourcesStatus", []):
        if resource["name"] != f"{PREFIX}{function.interface.replace('_', '-')}":
            continue
        for device in resource["resources"]:
            if device["resourceID"] == function.nacelle_id:
                return device["health"]
    return None


def _refusal(pod: Pod) -> str | None:
    """What the kubelet says of a container that it may not start."""
    waiting = pod.container["state"].get("waiting", {})
    return waiting.get("message") if "Error" in waiting.get("reason", "") else None

# SPDX-License-Identifier: Apache-2.0
"""A policy for the node, as the operator brings it: by the spec of its NodeAccelerators."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.cluster.cluster import Cluster
from tests.support.cluster.process import wait_for

_SECONDS = 60


class NodePolicy:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._name = cluster.node.name
        self._generation = 0

    def set(self, *offers: dict[str, Any]) -> None:
        """Returns when the agent has it in force."""
        self._generation += 1
        named = {"name": "e2e", "generation": self._generation}
        self._apply({"spec": {"policy": named, "offers": list(offers)}})
        self._wait("the policy to be in force", lambda status: status.get("policy") == named)

    def clear(self) -> None:
        self._apply({})
        self._wait("no policy to be in force", lambda status: "policy" not in status)

    def _apply(self, more: dict[str, Any]) -> None:
        manifest = {
            "apiVersion": "nacelle.dev/v1alpha1",
            "kind": "NodeAccelerators",
            "metadata": {"name": self._name},
        }
        words = ("apply", "--server-side", "--field-manager=nacelle-operator", "-f", "-")
        self._cluster.kubectl.run(*words, stdin=json.dumps(manifest | more))

    def _status(self) -> dict[str, Any]:
        path = f"/apis/nacelle.dev/v1alpha1/nodeaccelerators/{self._name}"
        return (self._cluster.api.find(path) or {}).get("status", {})

    def _wait(self, what: str, holds: Any) -> None:
        trouble = lambda: f"{self._status().get('conditions')}\n{self._cluster.agent_logs()}"
        wait_for(what, lambda: holds(self._status()), _SECONDS, why_not=trouble)


@contextmanager
def node_policy(cluster: Cluster, *offers: dict[str, Any]) -> Iterator[NodePolicy]:
    """In force meanwhile; then there is none again."""
    policy = NodePolicy(cluster)
    try:
        policy.set(*offers)
        yield policy
    finally:
        policy.clear()

# SPDX-License-Identifier: Apache-2.0
"""What the agent sees of its node: a look of its own, and the running one's figures."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.support.cluster.cluster import AGENT_NAMESPACE, Cluster

_LABEL = "app.kubernetes.io/name=nacelle-agent"


class AgentView:
    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def inspect(self) -> dict[str, Any]:
        """As the agent's own container sees the node, without any privilege."""
        return json.loads(
            self._cluster.kubectl.run(
                *("exec", "daemonset/nacelle-agent", "-n", AGENT_NAMESPACE, "--"),
                *("/usr/bin/nacelle-agent", "inspect", "--root=/host", "-o", "json"),
            )
        )

    def function(self, function_id: str) -> dict[str, Any] | None:
        found = [one for one in self.inspect()["functions"] if one["id"] == function_id]
        return found[0] if found else None

    def counted(self, **labels: str) -> int:
        """How many functions with these labels the running agent's metrics show."""
        total = 0
        for line in self._metrics().splitlines():
            shown = re.fullmatch(r"nacelle_functions\{(.*)\} (\d+)", line)
            if shown and labels.items() <= dict(re.findall(r'(\w+)="([^"]*)"', shown[1])).items():
                total += int(shown[2])
        return total

    def uevents(self) -> int:
        """How many messages of the kernel the running agent has had."""
        (line,) = [
            line for line in self._metrics().splitlines() if line.startswith("nacelle_uevents_total ")
        ]
        return int(line.split()[1])

    def generation(self, function_id: str) -> int:
        """How many contents the running agent has seen in an FPGA function."""
        name = "nacelle_function_contents_generation"
        (count,) = re.findall(
            rf'^{name}\{{function="{function_id}"\}} (\d+)$', self._metrics(), re.MULTILINE
        )
        return int(count)

    def _metrics(self) -> str:
        (pod,) = self._cluster.api.pods(_LABEL, AGENT_NAMESPACE)
        url = f"http://{pod['status']['podIP']}:9440/metrics"
        return self._cluster.node.run(f"busybox wget -q -O - {url}")

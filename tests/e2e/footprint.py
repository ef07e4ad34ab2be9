# SPDX-License-Identifier: Apache-2.0
"""What the agent and its grants leave on a node."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from tests.support.cluster.node import Node

_STATE = "/var/lib/nacelle /run/nacelle"


@dataclass(frozen=True)
class Footprint:
    """What there is at a moment."""

    files: tuple[str, ...]
    bytes: int
    mounts: int
    descriptors: int

    def has_nothing_beyond(self, before: Footprint) -> bool:
        """Whether nothing was left since `before`. Descriptors may have been closed."""
        same = replace(self, descriptors=before.descriptors) == before
        return same and self.descriptors <= before.descriptors


def of(node: Node) -> Footprint:
    agent = "$(busybox pidof nacelle-agent)"
    # The folders of views and of grants appear with the first one, and stay. What
    # is beside them is the agent's own, and of no pod.
    sizes = node.run(f"find {_STATE} -mindepth 2 -type f -printf '%s\\n'").split()
    return Footprint(
        files=tuple(sorted(node.run(f"find {_STATE} -mindepth 2").splitlines())),
        bytes=sum(int(size) for size in sizes),
        mounts=int(node.run("wc -l < /proc/1/mountinfo")),
        descriptors=_descriptors(node, agent),
    )


def _descriptors(node: Node, agent: str) -> int:
    """Without connections to the API server, which are kept open for a while."""
    rows = node.run(f"cat /proc/{agent}/net/tcp /proc/{agent}/net/tcp6").splitlines()
    connections = {f"socket:[{row.split()[9]}]" for row in rows}
    # ls fails of what was closed since it read the folder.
    opened = re.findall(r"-> (.*)", node.run(f"ls -l /proc/{agent}/fd 2>/dev/null || true"))
    return len([target for target in opened if target not in connections])


def anonymous_kib(node: Node) -> int:
    """The agent's memory that no file backs."""
    rollup = node.run("cat /proc/$(busybox pidof nacelle-agent)/smaps_rollup")
    return next(int(line.split()[1]) for line in rollup.splitlines() if "Anonymous:" in line)

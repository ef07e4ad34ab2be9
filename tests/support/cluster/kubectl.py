# SPDX-License-Identifier: Apache-2.0
"""kubectl, as tests and the testbed use it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from tests.support.cluster.process import ClusterError, wait_for


class Kubectl:
    def __init__(self, binary: Path, kubeconfig: Path) -> None:
        self.binary = binary
        self._command = [str(binary), f"--kubeconfig={kubeconfig}"]

    def run(self, *words: str, stdin: str | None = None, timeout: float = 120) -> str:
        """What kubectl prints; a ClusterError with its complaint when it fails."""
        done = self.attempt(*words, stdin=stdin, timeout=timeout)
        if done.returncode != 0:
            raise ClusterError(f"kubectl {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def attempt(
        self, *words: str, stdin: str | None = None, timeout: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """The same, for a caller who wants to see a failure."""
        return subprocess.run(
            [*self._command, *words],
            input="" if stdin is None else stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def install_definitions(self, folder: Path) -> None:
        """Until the API server serves them; one that is new has no condition to wait for yet."""
        self.run("apply", "--server-side", "-f", str(folder))
        ready = ("wait", "--for=condition=Established", "crd", "--all", "--timeout=5s")
        wait_for("the custom resources", lambda: self.attempt(*ready).returncode == 0, 60)

    def apply(self, *manifests: dict) -> None:
        self.run("apply", "-f", "-", stdin=list_of(*manifests))


def list_of(*manifests: dict) -> str:
    """Several objects as one that kubectl reads."""
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": list(manifests)})

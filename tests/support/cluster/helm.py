# SPDX-License-Identifier: Apache-2.0
"""helm, as an administrator uses it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path
from typing import Any

from tests.support.cluster import components, images
from tests.support.cluster.process import ClusterError

CHART = images.REPOSITORY / "charts" / "nacelle"
NAMESPACE = "nacelle-system"
RELEASE = "nacelle"


class Helm:
    """`home` is for helm's own files; without a cluster it renders and lints."""

    def __init__(self, home: Path, kubeconfig: Path | None = None) -> None:
        self._binary = components.build_helm()
        self._environment = os.environ | {
            "HELM_CACHE_HOME": str(home / "cache"),
            "HELM_CONFIG_HOME": str(home / "config"),
            "HELM_DATA_HOME": str(home / "data"),
            "KUBECONFIG": str(kubeconfig or os.devnull),
        }

    def run(self, *words: str, timeout: float = 300) -> str:
        done = self.attempt(*words, timeout=timeout)
        if done.returncode != 0:
            raise ClusterError(f"helm {' '.join(words)}: {done.stderr.strip()}")
        return done.stdout

    def attempt(self, *words: str, timeout: float = 300) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [str(self._binary), *words],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )

    def template(self, values: dict[str, Any] | None = None, chart: Path = CHART) -> str:
        return self.run("template", RELEASE, str(chart), "-n", NAMESPACE, *set_words(values))


def set_words(values: dict[str, Any] | None) -> list[str]:
    """Options that set top-level values."""
    pairs = [f"{name}={json.dumps(value)}" for name, value in (values or {}).items()]
    return [word for pair in pairs for word in ("--set-json", pair)]

# SPDX-License-Identifier: Apache-2.0
"""Kubernetes, containerd and etcd, built from their Go modules."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster import cache

SOURCES = Path(__file__).parent / "go"


@dataclass(frozen=True)
class Component:
    """One folder below go/: a go.mod with pinned versions and tool directives."""

    name: str
    # The module whose version the binaries show, and the variables for it.
    module: str
    version_flags: str
    # The name of the binary when the tool's package has none that is useful.
    rename: tuple[tuple[str, str], ...] = ()


COMPONENTS = (
    Component(
        "etcd", "go.etcd.io/etcd/server/v3", "", rename=(("server", "etcd"),)
    ),
    Component(
        "containerd",
        "github.com/containerd/containerd/v2",
        "-X github.com/containerd/containerd/v2/version.Version={version}",
    ),
    # Without these the API server calls itself v0.0.0-master, and clients
    # that compare versions are confused.
    Component(
        "kubernetes",
        "k8s.io/kubernetes",
        "-X k8s.io/component-base/version.gitVersion={version}"
        " -X k8s.io/component-base/version.gitMajor={major}"
        " -X k8s.io/component-base/version.gitMinor={minor}"
        " -X k8s.io/component-base/version.gitTreeState=clean"
        " -X k8s.io/client-go/pkg/version.gitVersion={version}",
    ),
)
# Only the tests of the chart need it, so it is built apart.
HELM = Component("helm", "helm.sh/helm/v4", "-X helm.sh/helm/v4/internal/version.version={version}")


def build_all() -> Path:
    """Builds what is missing; a folder with a link to every binary."""
    folders = {component.name: _build(component) for component in COMPONENTS}
    key = cache.key_of(*(str(folder) for folder in folders.values()))
    return cache.build_once("bin", key, lambda out: _link(folders, out))


def build_helm() -> Path:
    """The program."""
    return _build(HELM) / "helm"


def version(component: Component) -> str:
    """The pinned version, with its leading v."""
    text = (SOURCES / component.name / "go.mod").read_text(encoding="utf-8")
    found = re.search(rf"{re.escape(component.module)} (v\S+)", text)
    if not found:
        raise RuntimeError(f"go/{component.name}/go.mod does not pin {component.module}")
    return found[1]


def _build(component: Component) -> Path:
    source = SOURCES / component.name
    flags = _flags(component)
    key = cache.key_of(source / "go.mod", source / "go.sum", flags, _go_version())
    return cache.build_once(component.name, key, lambda out: _compile(component, flags, out))


def _compile(component: Component, flags: str, out: Path) -> None:
    environment = os.environ | {
        "CGO_ENABLED": "0",
        "GOFLAGS": "-mod=readonly -buildvcs=false",
        # No other compiler than the one that is installed is to be downloaded.
        "GOTOOLCHAIN": "local",
    }
    command = ["go", "build", "-p", "2", "-trimpath", "-ldflags", flags, "-o", f"{out}/", "tool"]
    # Low priority: a test machine has two cores, and tests run beside this.
    built = subprocess.run(
        ["nice", *command],
        cwd=SOURCES / component.name,
        env=environment,
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=45 * 60,
    )
    if built.returncode != 0:
        raise RuntimeError(f"go build of {component.name} failed:\n{built.stderr[-4000:]}")
    for old, new in component.rename:
        (out / old).rename(out / new)


def _flags(component: Component) -> str:
    pinned = version(component)
    major, minor = pinned.removeprefix("v").split(".")[:2]
    stamped = component.version_flags.format(version=pinned, major=major, minor=minor)
    return f"-s -w {stamped}".strip()


def _go_version() -> str:
    return subprocess.run(
        ["go", "env", "GOVERSION"], capture_output=True, text=True, check=True, timeout=60
    ).stdout.strip()


def _link(folders: dict[str, Path], out: Path) -> None:
    for folder in folders.values():
        for binary in sorted(folder.iterdir()):
            (out / binary.name).symlink_to(binary)

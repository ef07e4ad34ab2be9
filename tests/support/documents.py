# SPDX-License-Identifier: Apache-2.0
"""Commands that documents show, for the tests that run them.

A command stands in a `console` block after "$ "; lines below it without one are its
output, or go on with it after a backslash. Or it stands in a table, as code.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_BLOCK = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PROGRAMS = ("./dev", "kubectl", "helm", "ctr", "rm", "nacelle-agent", "build/", "curl", "docker", "modprobe")

_BARE = re.compile(r"\b(?:kubectl|helm|nacelle-agent|setsebool|docker) (?:-|[a-z]+ (?:-|[A-Z]{3})|get|logs|exec|describe|nacelle)[^|.;]*")


@dataclass(frozen=True)
class Shown:
    document: str
    command: str
    output: str


def pages() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def shown(page: Path) -> list[Shown]:
    found = []
    for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        if kind != "console":
            continue
        for part in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            command, _, output = part.replace("\\\n", "").partition("\n")
            found.append(Shown(page.name, " ".join(command.split()) if "'" not in command else command, output))
    return found


def tabled(page: Path) -> list[Shown]:
    """Those of tables, of which no output is shown."""
    rows = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    codes = [code for row in rows for code in re.findall(r"`([^`]+)`", row)]
    return [Shown(page.name, code, "") for code in codes if " " in code and code.startswith(_PROGRAMS)]


def bare(page: Path) -> list[str]:
    """Commands in text and tables that are not marked as code."""
    text = _BLOCK.sub("", page.read_text(encoding="utf-8"))
    return _BARE.findall(re.sub(r"`[^`]*`", "", text))


def unmarked(page: Path) -> list[str]:
    """Lines that look like commands in blocks that are not `console`."""
    blocks = [text for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if kind in ("", "sh", "bash")]
    return [line for text in blocks for line in text.splitlines() if line.startswith(_PROGRAMS)]


def command(document: str, start: str) -> str:
    """The one command of a document that is or starts so."""
    page = ROOT / document if document == "README.md" else ROOT / "docs" / document
    found = [one.command for one in shown(page) + tabled(page) if one.command.startswith(start)]
    found = [start] if start in found else found
    assert len(found) == 1, f"{document} has {len(found)} commands that start with {start!r}"
    return found[0]


def manifests(document: str) -> dict[str, str]:
    """The YAML of whole objects that a document shows, by name."""
    page = ROOT / "docs" / document
    blocks = [text for kind, text in _BLOCK.findall(page.read_text(encoding="utf-8")) if kind == "yaml"]
    named = [(re.search(r"^metadata: \{name: ([\w-]+)\}$", text, re.MULTILINE), text) for text in blocks]
    return {name[1]: text for name, text in named if name}


def manifest(document: str, name: str) -> str:
    return manifests(document)[name]


class Shell:
    """Runs them as a reader would: in a folder with the charts, with programs on the PATH."""

    def __init__(self, folder: Path, kubeconfig: Path, programs: dict[str, Path]) -> None:
        (folder / "bin").mkdir(parents=True)
        for name, path in programs.items():
            (folder / "bin" / name).symlink_to(path)
        (folder / "charts").symlink_to(ROOT / "charts")
        self.folder = folder
        self._environment = os.environ | {
            "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
            "KUBECONFIG": str(kubeconfig),
            **{f"HELM_{name}_HOME": str(folder / name.lower()) for name in ("CACHE", "CONFIG", "DATA")},
        }

    def run(self, text: str, status: int = 0, timeout: float = 300) -> str:
        done = subprocess.run(
            ["bash", "-o", "pipefail", "-c", text],
            cwd=self.folder,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        assert done.returncode == status, f"{text}: {done.stderr}"
        return done.stdout

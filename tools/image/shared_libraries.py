# SPDX-License-Identifier: Apache-2.0
"""The shared libraries that a program needs, without running it.

ldd runs the program's own loader, so it cannot answer for another
architecture; the dynamic section can.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

_TRIPLETS = ("x86_64-linux-gnu", "aarch64-linux-gnu")


class Libraries:
    """Looks libraries up below a root file system."""

    def __init__(self, sysroot: Path = Path("/")) -> None:
        self._sysroot = sysroot
        self._folders = [
            f"{top}/{triplet}"
            for triplet in _TRIPLETS
            for top in ("/lib", "/usr/lib")
            if (sysroot / f"{top}/{triplet}".lstrip("/")).is_dir()
        ]

    def needed_by(self, program: Path) -> dict[str, Path]:
        """Path in the image → file here, for the loader and all libraries."""
        loader = _loader(program)
        if loader is None:
            return {}
        found = {loader: self._here(loader)}
        waiting = [program]
        while waiting:
            for name in _names_in(waiting.pop()):
                path = self._find(name)
                # The loader is also a library that some libraries name.
                if path in found or path.endswith(f"/{Path(loader).name}"):
                    continue
                found[path] = self._here(path)
                waiting.append(found[path])
        return found

    def _find(self, name: str) -> str:
        for folder in self._folders:
            if self._here(f"{folder}/{name}").exists():
                return f"{folder}/{name}"
        raise ValueError(f"{name}: no such shared library in {', '.join(self._folders)}")

    def _here(self, path: str) -> Path:
        return self._sysroot / path.lstrip("/")


def _loader(program: Path) -> str | None:
    found = re.search(r"program interpreter: ([^\]]+)\]", _readelf("--program-headers", program))
    return found[1] if found else None


def _names_in(file: Path) -> list[str]:
    return re.findall(r"\(NEEDED\)\s+Shared library: \[([^\]]+)\]", _readelf("--dynamic", file))


def _readelf(what: str, file: Path) -> str:
    done = subprocess.run(
        ["readelf", "--wide", what, str(file)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode != 0:
        raise ValueError(f"{file}: {done.stderr.strip()}")
    return done.stdout

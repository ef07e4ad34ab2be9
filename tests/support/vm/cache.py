# SPDX-License-Identifier: Apache-2.0
"""The cache outside the clone: what takes long to download or to build."""

import contextlib
import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path


def root() -> Path:
    configured = os.environ.get("NACELLE_CACHE")
    path = Path(configured) if configured else Path.home() / ".cache" / "nacelle"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def filled(directory: Path) -> Iterator[Path | None]:
    """Gives an empty folder to fill, or None when `directory` is there.

    The folder takes its name only after the block ends well, so that an
    interrupted run leaves nothing that looks complete. Runs at the same time
    wait for one another.
    """
    directory.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{directory}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if directory.exists():
            yield None
            return
        unfinished = directory.with_name(directory.name + ".unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        yield unfinished
        unfinished.rename(directory)


def digest(files: Iterable[Path], base: Path, extra: str = "") -> str:
    """A short name for the contents of `files`, and for `extra`."""
    sha = hashlib.sha256(extra.encode())
    for file in sorted(files):
        sha.update(f"{file.relative_to(base)}\0".encode())
        sha.update(file.read_bytes())
    return sha.hexdigest()[:16]

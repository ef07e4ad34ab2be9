# SPDX-License-Identifier: Apache-2.0
"""Things that are built once and kept outside the clone, by a key of their inputs."""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.support.vm.cache import root

__all__ = ["build_once", "key_of", "locked", "root"]

# An entry that nobody used for this long is removed when a newer one is built.
KEEP_SECONDS = 24 * 3600


def key_of(*parts: bytes | str | Path) -> str:
    """A short key over strings and the contents of files and folders."""
    digest = hashlib.sha256()
    for part in parts:
        for piece in _pieces(part):
            digest.update(len(piece).to_bytes(8, "big"))
            digest.update(piece)
    return digest.hexdigest()[:20]


def build_once(kind: str, key: str, build: Callable[[Path], None]) -> Path:
    """The folder of `kind` with this key; `build` fills it when it is not there.

    A half-built folder is never seen: it is built under another name and
    renamed. Two processes that ask for the same kind wait for one another.
    """
    home = root() / kind
    home.mkdir(parents=True, exist_ok=True)
    done = home / key
    with locked(home / ".lock"):
        if not done.exists():
            _build(home, done, build)
            _forget_old(home, done)
    os.utime(done)
    return done


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Holds an exclusive lock on `path`, which the kernel drops with the process."""
    with path.open("w", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _build(home: Path, done: Path, build: Callable[[Path], None]) -> None:
    started = time.monotonic()
    print(f"{home.name}: building {done.name} …", flush=True)
    temporary = Path(tempfile.mkdtemp(prefix="building-", dir=home))
    try:
        build(temporary)
        temporary.chmod(0o755)
        temporary.rename(done)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    print(f"{home.name}: built in {time.monotonic() - started:.0f} s", flush=True)


def _forget_old(home: Path, newest: Path) -> None:
    limit = time.time() - KEEP_SECONDS
    for entry in home.iterdir():
        if entry != newest and entry.is_dir() and entry.stat().st_mtime < limit:
            shutil.rmtree(entry, ignore_errors=True)


def _pieces(part: bytes | str | Path) -> Iterator[bytes]:
    if isinstance(part, bytes):
        yield part
    elif isinstance(part, str):
        yield part.encode()
    elif part.is_dir():
        for file in sorted(path for path in part.rglob("*") if path.is_file()):
            yield str(file.relative_to(part)).encode()
            yield file.read_bytes()
    else:
        yield part.name.encode()
        yield part.read_bytes()

# SPDX-License-Identifier: Apache-2.0
"""The static programs of kmod/client, built into the cache."""

import subprocess
from pathlib import Path

from tests.support.vm import cache
from tests.support.vm.kernel import KMOD, BuildError

PROGRAMS = ("swaccel-client", "swaccel-abuse", "swaccel-stress",
            "hisi-client", "hisi-fuzz")


def build() -> dict[str, Path]:
    """Name to file."""
    folder = KMOD / "client"
    sources = [*folder.glob("*.[ch]"), folder / "Makefile",
               *(KMOD / "include").rglob("*.h")]
    directory = cache.root() / "kmod" / f"client-{cache.digest(sources, KMOD)}"
    with cache.filled(directory) as unfinished:
        if unfinished:
            done = subprocess.run(
                ["nice", "make", "-s", "-j2", "-C", str(folder),
                 f"BUILD={unfinished}"],
                check=False, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise BuildError(f"{done.stdout}{done.stderr}".strip())
    return {name: directory / name for name in PROGRAMS}

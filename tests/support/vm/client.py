# SPDX-License-Identifier: Apache-2.0
"""The static programs of kmod/client, built into the cache."""

import subprocess
from pathlib import Path

from tests.support.vm import cache
from tests.support.vm.kernel import KMOD, BuildError

PROGRAMS = ("swaccel-client", "swaccel-abuse", "swaccel-stress",
            "swaccel-stall", "swaccel-poll", "swaccel-passed",
            "swaccel-fuzz", "hisi-client", "hisi-abuse", "hisi-figures")


def build(variables: tuple[str, ...] = ()) -> dict[str, Path]:
    """Name to file. `variables`: more of make's, for another architecture."""
    folder = KMOD / "client"
    sources = [*folder.glob("*.[ch]"), folder / "Makefile",
               *(KMOD / "include").rglob("*.h")]
    directory = cache.root() / "kmod" / f"client-{cache.digest(sources, KMOD, extra=' '.join(variables))}"
    with cache.filled(directory) as unfinished:
        if unfinished:
            done = subprocess.run(
                ["nice", "make", "-s", "-j2", "-C", str(folder),
                 f"BUILD={unfinished}", *variables],
                check=False, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise BuildError(f"{done.stdout}{done.stderr}".strip())
    return {name: directory / name for name in PROGRAMS}

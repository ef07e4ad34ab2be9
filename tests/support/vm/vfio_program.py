# SPDX-License-Identifier: Apache-2.0
"""A static program that drives a PCI function through vfio, in the cache."""

import subprocess
from pathlib import Path

from tests.support.vm import cache
from tests.support.vm.kernel import BuildError

_SOURCE = Path(__file__).resolve().parent / "programs" / "vfio_edu.c"


def build() -> Path:
    key = cache.digest([_SOURCE], _SOURCE.parent)
    directory = cache.root() / "kmod" / f"vfio-edu-{key}"
    with cache.filled(directory) as unfinished:
        if unfinished:
            done = subprocess.run(
                ["gcc", "-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o",
                 str(unfinished / "vfio-edu"), str(_SOURCE)],
                check=False, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise BuildError(done.stderr.strip())
    return directory / "vfio-edu"

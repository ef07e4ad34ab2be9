# SPDX-License-Identifier: Apache-2.0
"""A kernel module that looks like real hardware to others, in the cache."""

import subprocess
from pathlib import Path

from tests.support.vm import cache, packages
from tests.support.vm.kernel import KMOD, BuildError, Kernel

_SOURCES = KMOD / "stranger"


def _headers(kernel: Kernel) -> Path:
    """One that was built here is its own."""
    if (kernel.root / "Module.symvers").exists():
        return kernel.root
    return packages.fetch().headers


def build(kernel: Kernel) -> Path:
    """Of x86 kernels only."""
    key = cache.digest(_SOURCES.iterdir(), _SOURCES, extra=kernel.release)
    directory = cache.root() / "kmod" / f"stranger-{key}"
    with cache.filled(directory) as unfinished:
        if unfinished:
            for file in _SOURCES.iterdir():
                (unfinished / file.name).write_bytes(file.read_bytes())
            done = subprocess.run(
                ["make", "-s", "-C", str(_headers(kernel)), f"M={unfinished}",
                 "CONFIG_DEBUG_INFO_BTF_MODULES=", "modules"],
                check=False, capture_output=True, text=True, timeout=300)
            if done.returncode:
                raise BuildError(f"{done.stdout}{done.stderr}".strip())
    return directory / "stranger.ko"

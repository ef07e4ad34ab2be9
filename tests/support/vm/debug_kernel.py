# SPDX-License-Identifier: Apache-2.0
"""A small kernel with KASAN and lockdep, built from Debian's source.

Some ten minutes on two free cores, once; for tools/check_kmod.sh, not for CI.
"""

import fcntl
import subprocess
from pathlib import Path

from tests.support.vm import cache, packages
from tests.support.vm.kernel import BuildError, Kernel, build_modules

CONFIG = Path(__file__).resolve().parent / "debug_kernel.config"
# More than one option can undo another; these must have survived.
_REQUIRED = ("KASAN", "PROVE_LOCKING", "DEBUG_ATOMIC_SLEEP", "NUMA", "MEMCG",
             "INTEL_IOMMU", "VIRTIO_CONSOLE", "MODULE_UNLOAD", "DEBUG_FS",
             "CRYPTO_SHA512", "CRYPTO_XTS", "CRYPTO_GHASH", "ZLIB_DEFLATE",
             "DEVTMPFS", "NET", "FUSE_FS", "CRYPTO_DES")


def _make(tree: Path, *arguments: str, seconds: float = 600) -> None:
    done = subprocess.run(
        ["nice", "make", "-s", "-C", str(tree), "-j2", *arguments],
        check=False, capture_output=True, text=True, timeout=seconds)
    if done.returncode:
        raise BuildError("\n".join(
            f"{done.stdout}{done.stderr}".splitlines()[-40:]))


def _configure(tree: Path) -> None:
    _make(tree, "allnoconfig", f"KCONFIG_ALLCONFIG={CONFIG}")
    lines = (tree / ".config").read_text(encoding="ascii").splitlines()
    missing = [name for name in _REQUIRED if f"CONFIG_{name}=y" not in lines]
    if missing:
        raise BuildError(f"{CONFIG.name}: not in effect: {' '.join(missing)}")


def _extract(debian: packages.Packages, tree: Path) -> None:
    with cache.filled(tree) as unfinished:
        if unfinished:
            subprocess.run(
                ["tar", "-xf", str(debian.source), "-C", str(unfinished),
                 "--strip-components=1"], check=True, timeout=900)


def _build(tree: Path) -> None:
    """Goes on where an interrupted build ended."""
    built = tree / "nacelle-built"
    if built.exists():
        return
    with open(tree / "nacelle-lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _configure(tree)
        # Builds vmlinux, and Module.symvers for modules of others.
        _make(tree, "bzImage", "modules", seconds=4 * 3600)
        built.touch()


def build() -> Kernel:
    debian = packages.fetch()
    key = cache.digest([CONFIG], CONFIG.parent, extra=packages.VERSION)
    tree = cache.root() / "kernel" / f"debug-{key}"
    _extract(debian, tree)
    _build(tree)
    release = (tree / "include/config/kernel.release").read_text(
        encoding="ascii").strip()
    modules = build_modules(tree, debian.tree, release)
    # All else is built in, so there is nothing to load from the root.
    return Kernel(release=release, image=tree / "arch/x86/boot/bzImage",
                  root=tree, modules=modules)

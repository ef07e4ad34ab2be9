# SPDX-License-Identifier: Apache-2.0
"""Initial RAM file systems, written here: busybox, modules, given files."""

import gzip
import lzma
import stat
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from tests.support.vm import cache
from tests.support.vm.kernel import Kernel

GUEST = Path(__file__).resolve().parent / "guest"
# What a root disk needs before its own modules can be reached.
DISK_MODULES = ("virtio_blk", "ext4")


class _Archive:
    """A cpio archive in the format "newc"."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._folders: set[str] = set()
        self._inode = 0

    def _entry(self, name: str, mode: int, data: bytes) -> None:
        self._inode += 1
        encoded = name.encode() + b"\0"
        fields = (self._inode, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0,
                  len(encoded), 0)
        header = b"070701" + b"".join(b"%08X" % field for field in fields)
        for part in (header + encoded, data):
            self._parts += [part, b"\0" * (-len(part) % 4)]

    def _add_folders(self, name: str) -> None:
        for folder in reversed(Path(name).parents[:-1]):
            if str(folder) not in self._folders:
                self._folders.add(str(folder))
                self._entry(str(folder), stat.S_IFDIR | 0o755, b"")

    def add(self, name: str, data: bytes, mode: int) -> None:
        name = name.lstrip("/")
        self._add_folders(name)
        self._entry(name, stat.S_IFREG | mode, data)

    def bytes(self) -> bytes:
        self._entry("TRAILER!!!", 0, b"")
        return b"".join(self._parts)


def _dependencies(kernel: Kernel) -> dict[str, list[str]]:
    """Name of a module to the files to load, itself last.

    depmod wants to write beside the modules, so its answer is kept in the
    cache instead.
    """
    file = cache.root() / "kernel" / f"{kernel.release}.dep"
    if not file.exists():
        done = subprocess.run(
            ["depmod", "-n", "-b", str(kernel.root), kernel.release],
            check=True, capture_output=True, text=True, timeout=300)
        part = file.with_suffix(".unfinished")
        part.write_text(done.stdout.split("\n# ")[0], encoding="utf-8")
        part.rename(file)
    known: dict[str, list[str]] = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        path, colon, needs = line.partition(": ") if ": " in line \
            else line.partition(":")
        if not colon or not path.startswith("kernel/"):
            continue
        name = Path(path).name.split(".ko")[0].replace("-", "_")
        known[name] = [*reversed(needs.split()), path]
    return known


def kernel_modules(kernel: Kernel, names: Sequence[str]) -> dict[str, bytes]:
    """Modules of the kernel's package with all they need, ready to load.

    Names that are not there as modules are taken to be built in.
    """
    # A kernel with all built in has no folder of modules to look through.
    known = _dependencies(kernel) if names else {}
    found: dict[str, bytes] = {}
    for name in names:
        for path in known.get(name.replace("-", "_"), []):
            file = kernel.root / "lib/modules" / kernel.release / path
            data = file.read_bytes()
            if file.suffix == ".xz":
                data = lzma.decompress(data)
            found[f"/modules/{Path(path).name.removesuffix('.xz')}"] = data
    return found


def write(destination: Path, kernel: Kernel, *, modules: Sequence[str] = (),
          files: Mapping[str, Path] | None = None) -> None:
    """Writes an initramfs with `modules` of the kernel's package loaded.

    `files` maps paths in the guest to files here; our modules are in
    /modules, not loaded.
    """
    archive = _Archive()
    archive.add("/bin/busybox", kernel.busybox.read_bytes(), 0o755)
    archive.add("/init", (GUEST / "init").read_bytes(), 0o755)
    archive.add("/nacelle-guest", (GUEST / "nacelle-guest").read_bytes(), 0o755)
    loaded = kernel_modules(kernel, modules)
    for name, data in loaded.items():
        archive.add(name, data, 0o644)
    archive.add("/modules.list", "".join(f"{n}\n" for n in loaded).encode(),
                0o644)
    for name, path in kernel.modules.items():
        archive.add(f"/modules/{name}.ko", path.read_bytes(), 0o644)
    for name, path in (files or {}).items():
        archive.add(name, path.read_bytes(), path.stat().st_mode & 0o777)
    destination.write_bytes(gzip.compress(archive.bytes(), 1))

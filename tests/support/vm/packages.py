# SPDX-License-Identifier: Apache-2.0
"""Debian's kernel packages, of one version to the letter, only unpacked."""

import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.vm import cache

# The one place where the kernel's version is pinned. All five packages come
# from the same build; newer ones must be tried before they are pinned here.
ABI = "6.12.117+deb12"
VERSION = "6.12.117-1~deb12u1"
ARCHITECTURE = "amd64"

_MEMBERS = ("drivers/fpga", "drivers/misc/uacce", "scripts/checkpatch.pl",
            "scripts/const_structs.checkpatch", "scripts/spelling.txt")


class PackageError(Exception):
    """A package is missing, or is not of the pinned version."""


@dataclass(frozen=True)
class Packages:
    """Where the packages were unpacked."""

    root: Path

    @property
    def release(self) -> str:
        return f"{ABI}-{ARCHITECTURE}"

    @property
    def image(self) -> Path:
        return self.root / "boot" / f"vmlinuz-{self.release}"

    @property
    def headers(self) -> Path:
        return self.root / "usr/src" / f"linux-headers-{self.release}"

    @property
    def source(self) -> Path:
        """The whole source, as an archive."""
        return self.root / "usr/src/linux-source-6.12.tar.xz"

    @property
    def tree(self) -> Path:
        """Those parts of the source that our modules need, unpacked."""
        key = cache.digest([], Path(), extra=" ".join((VERSION, *_MEMBERS)))
        return cache.root() / "kernel" / f"source-{key}"

    @property
    def checkpatch(self) -> Path:
        return self.tree / "scripts/checkpatch.pl"


def names() -> list[str]:
    return [
        f"linux-image-{ABI}-{ARCHITECTURE}",
        f"linux-headers-{ABI}-{ARCHITECTURE}",
        f"linux-headers-{ABI}-common",
        f"linux-kbuild-{ABI}",
        "linux-source-6.12",
    ]


def _download(directory: Path) -> None:
    wanted = [f"{name}={VERSION}" for name in names()]
    done = subprocess.run(
        ["apt-get", "-q", "download", *wanted], cwd=directory, check=False,
        stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        timeout=1800)
    if done.returncode:
        raise PackageError(
            f"apt-get download: {done.stderr.strip()}\n"
            f"Debian does not serve kernel {VERSION} here. Run 'apt-get "
            f"update'; if it is gone, pin a newer one in {__file__}.")


def _check(deb: Path) -> None:
    shown = subprocess.run(
        ["dpkg-deb", "--field", str(deb), "Version"], check=True,
        capture_output=True, text=True, timeout=60).stdout.strip()
    if shown != VERSION:
        raise PackageError(f"{deb.name}: version {shown}, not {VERSION}")


def _relocate_headers(packages: Packages) -> None:
    """One line of the headers' Makefile names an absolute folder."""
    makefile = packages.headers / "Makefile"
    common = packages.headers.with_name(f"linux-headers-{ABI}-common")
    makefile.write_text(f"include {common}/Makefile\n", encoding="ascii")


def _extract_source(packages: Packages) -> None:
    with cache.filled(packages.tree) as unfinished:
        if unfinished:
            subprocess.run(
                ["tar", "-xf", str(packages.source), "-C", str(unfinished),
                 "--strip-components=1",
                 *(f"linux-source-6.12/{m}" for m in _MEMBERS)],
                check=True, timeout=600)


def fetch() -> Packages:
    """Downloads and unpacks the packages unless the cache has them."""
    directory = cache.root() / "kernel" / f"{ABI}-{ARCHITECTURE}_{VERSION}"
    with cache.filled(directory) as unfinished:
        if unfinished:
            _download(unfinished)
            for deb in unfinished.glob("*.deb"):
                _check(deb)
                subprocess.run(["dpkg", "-x", str(deb), str(unfinished)],
                               check=True, timeout=600)
                deb.unlink()
    packages = Packages(directory)
    _extract_source(packages)
    _relocate_headers(packages)
    return packages

# SPDX-License-Identifier: Apache-2.0
"""The same kernel and programs for arm64, cross-built, for ./dev check kmod-arm64.

Debian's packages of that architecture come through an apt state of its own, so
that this machine's stays as it is.
"""

import subprocess
from pathlib import Path

from tests.support.vm import cache, client, packages
from tests.support.vm.kernel import Kernel, build_modules

_RELEASE = f"{packages.ABI}-arm64"
_PINNED = (f"linux-image-{_RELEASE}", f"linux-headers-{_RELEASE}")
# A guest needs the first; the client is linked statically with the others.
_OTHERS = ("busybox-static", "zlib1g-dev", "libssl-dev", "libjansson-dev")
_TOOLS = "aarch64-linux-gnu-"


def _apt(folder: Path) -> list[str]:
    for name in ("state/lists/partial", "cache/archives/partial"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    return ["apt-get", "-q", "-o", f"Dir::State={folder / 'state'}",
            "-o", f"Dir::State::status={folder / 'status'}",
            "-o", f"Dir::Cache={folder / 'cache'}",
            "-o", "APT::Architecture=arm64", "-o", "APT::Architectures=arm64"]


def _run(command: list[str], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, check=False,
                          capture_output=True, text=True, timeout=1800)
    if done.returncode:
        raise packages.PackageError(f"{' '.join(command)}: {done.stderr}")


def _download(folder: Path) -> None:
    apt = _apt(folder / "apt")
    _run([*apt, "update"], folder)
    pinned = [f"{name}={packages.VERSION}" for name in _PINNED]
    _run([*apt, "download", *pinned, *_OTHERS], folder)
    for deb in folder.glob("*.deb"):
        _run(["dpkg", "-x", str(deb), str(folder)], folder)
        deb.unlink()


def fetch(debian: packages.Packages) -> Path:
    """Where the packages are unpacked; `debian` has what is for all machines."""
    folder = cache.root() / "kernel" / f"{_RELEASE}_{packages.VERSION}"
    with cache.filled(folder) as unfinished:
        if unfinished:
            _download(unfinished)
            headers = unfinished / "usr/src" / f"linux-headers-{_RELEASE}"
            common = f"linux-headers-{packages.ABI}-common"
            # Both name what the packages of this machine have.
            (headers / "Makefile").write_text(
                f"include {debian.headers.with_name(common)}/Makefile\n",
                encoding="ascii")
            kbuild = f"usr/lib/linux-kbuild-{packages.ABI}"
            (unfinished / kbuild).symlink_to(debian.root / kbuild)
    return folder


def build() -> Kernel:
    debian = packages.fetch()
    root = fetch(debian)
    modules = build_modules(
        root / "usr/src" / f"linux-headers-{_RELEASE}", debian.tree, _RELEASE,
        ("ARCH=arm64", f"CROSS_COMPILE={_TOOLS}"))
    return Kernel(release=_RELEASE, image=root / f"boot/vmlinuz-{_RELEASE}",
                  root=root, modules=modules, architecture="arm64",
                  busybox=root / "bin/busybox")


def build_client() -> dict[str, Path]:
    root = fetch(packages.fetch())
    libraries = root / "usr/lib/aarch64-linux-gnu"
    headers = root / "usr/include"
    return client.build((
        f"CC={_TOOLS}gcc",
        f"LIBRARIES=-L{libraries}",
        f"HEADERS=-isystem {headers} -isystem {headers}/aarch64-linux-gnu"))

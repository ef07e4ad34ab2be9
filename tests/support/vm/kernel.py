# SPDX-License-Identifier: Apache-2.0
"""The kernel that tests boot, and the modules of kmod/ built against it.

python3 -m tests.support.vm.kernel    prints where everything is
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.support.vm import cache, packages

REPOSITORY = Path(__file__).resolve().parents[3]
KMOD = REPOSITORY / "kmod"
# In the order of loading.
MODULES = ("swiommu", "uacce", "swaccel", "fpga-mgr", "fpga-bridge",
           "fpga-region", "swfpga")


class BuildError(Exception):
    """The modules could not be built; the message is the compiler's."""


@dataclass(frozen=True)
class Kernel:
    """A bootable kernel, its own modules, and ours."""

    release: str
    image: Path
    # Has lib/modules/<release>, as packaged: no modules.dep.
    root: Path
    # Name to file, in the order of loading.
    modules: dict[str, Path]
    # As Debian names it: "amd64" or "arm64"; and a busybox for it.
    architecture: str = "amd64"
    busybox: Path = Path("/bin/busybox")


def module_sources() -> list[Path]:
    files = [KMOD / "Kbuild", KMOD / "Makefile"]
    for folder in ("include", "swiommu", "uacce", "swaccel", "fpga", "swfpga"):
        files += [f for f in (KMOD / folder).rglob("*") if f.is_file()]
    return files


def build_modules(headers: Path, tree: Path, release: str,
                  cross: tuple[str, ...] = ()) -> dict[str, Path]:
    """Builds and strips the modules unless the cache has them.

    `cross`: more of make's variables, for another architecture.
    """
    key = cache.digest(module_sources(), KMOD, extra=f"{release} {headers}")
    directory = cache.root() / "kmod" / f"{release}-{key}"
    with cache.filled(directory) as unfinished:
        if unfinished:
            _make(unfinished, headers, tree, cross)
    return {name: directory / f"{name}.ko" for name in MODULES}


def _make(directory: Path, headers: Path, tree: Path,
          cross: tuple[str, ...]) -> None:
    build = directory / "build"
    done = subprocess.run(
        ["nice", "make", "-s", "-j2", "-C", str(KMOD), f"BUILD={build}",
         f"KDIR={headers}", f"SOURCE={tree}", *cross],
        check=False, capture_output=True, text=True, timeout=900)
    if done.returncode:
        raise BuildError(f"{done.stdout}{done.stderr}".strip())
    for name in MODULES:
        subprocess.run(
            ["aarch64-linux-gnu-strip" if "ARCH=arm64" in cross else "strip",
             "-g", "-o", str(directory / f"{name}.ko"),
             str(next(build.glob(f"*/{name}.ko")))], check=True, timeout=60)


def build() -> Kernel:
    """Debian's kernel with our modules: minutes at first, then at once."""
    debian = packages.fetch()
    modules = build_modules(debian.headers, debian.tree, debian.release)
    return Kernel(release=debian.release, image=debian.image, root=debian.root,
                  modules=modules)


def build_without_decoder() -> Path:
    """swaccel.ko as it is on an architecture without a decoder of stores."""
    debian = packages.fetch()
    cross = ("DECODER=none",)
    return build_modules(debian.headers, debian.tree,
                         f"{debian.release}-none", cross)["swaccel"]


def main() -> int:
    try:
        kernel = build()
    except (packages.PackageError, BuildError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"release {kernel.release}")
    print(f"image {kernel.image}")
    print(f"root {kernel.root}")
    for name, path in kernel.modules.items():
        print(f"{name} {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""The root disk of a node: Debian, a kernel's modules, containerd and the kubelet."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tests.support.cluster import cache, images

_SUITE = "bookworm"
_PACKAGES = (
    "busybox-static",
    "containernetworking-plugins",
    "iproute2",
    "iptables",
    "kmod",
    "runc",
)
_LEFT_OUT = ("/usr/share/doc/*", "/usr/share/man/*", "/usr/share/locale/*")
_BINARIES = ("containerd", "containerd-shim-runc-v2", "ctr", "kubelet")
_SIZE = "8G"
_NODE_FILES = Path(__file__).parent / "node"


@dataclass(frozen=True)
class Inputs:
    """What the disk is made of, besides Debian's packages."""

    binaries: Path
    # <kernel_modules>/<release>/ is what depmod reads.
    kernel_modules: Path
    # Modules of ours, that belong to the same release.
    own_modules: tuple[Path, ...]
    # Programs by their path in the node.
    programs: tuple[tuple[str, Path], ...]
    # Static programs that go into the image of the workload.
    tools: tuple[Path, ...]


def build(inputs: Inputs) -> Path:
    """A raw image; it is never written to, as nodes put an overlay on it."""
    base = _base()
    binaries = [str((inputs.binaries / name).resolve()) for name in _BINARIES]
    key = cache.key_of(
        *(str(base), str(inputs.kernel_modules), *binaries, _SIZE),
        *(_NODE_FILES, Path(__file__), Path(images.__file__)),
        *inputs.own_modules,
        *(part for path, file in inputs.programs for part in (path, file)),
        *(*inputs.tools, images.BUSYBOX),
    )
    folder = cache.build_once("node-disk", key, lambda out: _assemble(base, inputs, out))
    return folder / "disk.img"


def _base() -> Path:
    key = cache.key_of(_SUITE, *_PACKAGES, *_LEFT_OUT)
    return cache.build_once("node-base", key, _debootstrap) / "base.tar"


def _debootstrap(out: Path) -> None:
    _run(
        "nice",
        "mmdebstrap",
        "--quiet",
        "--variant=minbase",
        f"--include={','.join(_PACKAGES)}",
        *(f"--dpkgopt=path-exclude={pattern}" for pattern in _LEFT_OUT),
        _SUITE,
        str(out / "base.tar"),
    )


def _assemble(base: Path, inputs: Inputs, out: Path) -> None:
    stage = out / "stage"
    stage.mkdir()
    _run("tar", "--extract", "--numeric-owner", f"--file={base}", f"--directory={stage}")
    _add_programs(stage, inputs)
    _add_modules(stage, inputs)
    _add_node_files(stage)
    _add_images(stage, inputs.tools)
    _run(
        *("mke2fs", "-q", "-F", "-t", "ext4", "-L", "node", "-d", str(stage)),
        *("-E", "lazy_itable_init=1,lazy_journal_init=1"),
        *(str(out / "disk.img"), _SIZE),
    )
    shutil.rmtree(stage)


def _add_programs(stage: Path, inputs: Inputs) -> None:
    for name in _BINARIES:
        shutil.copy(inputs.binaries / name, stage / "usr/bin" / name)
    for inside, file in inputs.programs:
        target = stage / inside.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(file, target)
        target.chmod(0o755)


def _add_modules(stage: Path, inputs: Inputs) -> None:
    (release,) = (folder.name for folder in inputs.kernel_modules.iterdir())
    target = stage / "usr/lib/modules" / release
    shutil.copytree(inputs.kernel_modules / release, target, symlinks=True, dirs_exist_ok=True)
    own = target / "updates"
    own.mkdir()
    for module in inputs.own_modules:
        shutil.copy(module, own)
    _run("depmod", "--basedir", str(stage), release)


def _add_node_files(stage: Path) -> None:
    home = stage / "usr/lib/nacelle-node"
    shutil.copytree(_NODE_FILES, home, dirs_exist_ok=True)
    shutil.move(home / "inittab", stage / "etc/inittab")
    (stage / "usr/sbin/init").symlink_to("/bin/busybox")
    (stage / "etc/cni/net.d").mkdir(parents=True)
    (stage / "etc/nacelle-node").mkdir()
    (stage / "etc/hosts").write_text("127.0.0.1 localhost\n", encoding="utf-8")
    (stage / "etc/resolv.conf").write_text("", encoding="utf-8")


def _add_images(stage: Path, tools: tuple[Path, ...]) -> None:
    folder = stage / "var/lib/nacelle-images"
    folder.mkdir(parents=True)
    images.write_pause(folder / "pause.tar")
    images.write_workload(folder / "workload.tar", tools)


def _run(*command: str) -> None:
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=1200,
    )
    if done.returncode != 0:
        raise RuntimeError(f"{command[0]} failed: {done.stderr.strip()[-3000:]}")

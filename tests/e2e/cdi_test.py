# SPDX-License-Identifier: Apache-2.0
"""What the agent writes for containers without Kubernetes, read as runtimes read it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from tests.support.cluster import images

READER = images.REPOSITORY / "tests" / "support" / "cdi"
GOLDEN = images.REPOSITORY / "tests" / "golden"
MACHINE = GOLDEN / "software-testbed" / "machine.txt"
# Its queues have no folder in /sys, which the kernel of this host would lack.
VFIO_MACHINE = GOLDEN / "qat-4xxx-two-sockets" / "machine.txt"
ZIP, SEC = "nacelle.dev/queue=uacce-sw-zip-0", "nacelle.dev/queue=uacce-sw-sec-1"


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The reader of the runtimes themselves, as a program."""
    if shutil.which("go") is None:
        pytest.skip("Go is not installed")
    program = tmp_path_factory.mktemp("bin") / "cdi-reader"
    subprocess.run(
        ["go", "build", "-trimpath", "-o", str(program), "."], cwd=READER, check=True, timeout=600
    )
    return program


def test_a_runtime_takes_the_static_specs_and_adds_what_a_grant_has(
    reader: Path, tmp_path: Path
) -> None:
    told = _write_specs(tmp_path)
    assert f"{ZIP}\n" in told

    read = _read(reader, tmp_path / "cdi", ZIP)

    assert len(read["known"]) == 6
    spec = read["spec"]
    (node,) = spec["linux"]["devices"]
    assert (node["path"], node["fileMode"]) == ("/dev/sw_zip-0", 0o666)
    (allowed,) = spec["linux"]["resources"]["devices"]
    assert allowed["access"] == "rw"
    assert spec["process"]["env"] == ["NACELLE_FUNCTIONS=/run/nacelle/functions.json"]
    mounts = {mount["destination"]: Path(mount["source"]) for mount in spec["mounts"]}
    assert [link.name for link in mounts["/sys/class/uacce"].iterdir()] == ["sw_zip-0"]
    described = json.loads((mounts["/run/nacelle"] / "functions.json").read_text(encoding="utf-8"))
    assert [function["id"] for function in described["functions"]] == ["uacce-sw-zip-0"]


def test_two_queues_of_one_container_do_not_collide(reader: Path, tmp_path: Path) -> None:
    _write_specs(tmp_path)

    spec = _read(reader, tmp_path / "cdi", ZIP, SEC)["spec"]

    assert len(spec["linux"]["devices"]) == 2
    destinations = [mount["destination"] for mount in spec["mounts"]]
    assert len(destinations) == len(set(destinations))


def test_podman_gives_a_container_the_queue_that_it_names(tmp_path: Path) -> None:
    if os.geteuid() != 0 or not all(shutil.which(name) for name in ("podman", "runc")):
        pytest.skip("needs root, podman and runc")
    _write_specs(tmp_path, VFIO_MACHINE)

    shown = _podman(
        tmp_path, "nacelle.dev/queue=qat-0000-6b-00-1", "ls -l /dev/vfio && cat $NACELLE_FUNCTIONS"
    )

    assert shown.count("crw-rw-rw-") == 2, shown
    assert '"id": "qat-0000-6b-00-1"' in shown


def _podman(folder: Path, device: str, command: str) -> str:
    """What a shell in a container prints. Its specs are seen by this podman alone."""
    root = folder / "rootfs"
    for name in ("bin", "dev", "proc", "sys", "run", "etc", "tmp"):
        (root / name).mkdir(parents=True)
    shutil.copy(images.BUSYBOX, root / "bin" / "busybox")
    for applet in ("sh", "ls", "cat"):
        (root / "bin" / applet).symlink_to("busybox")
    # Podman takes a short path only.
    state = tempfile.mkdtemp(prefix="podman-")
    words = ["podman", "--root", f"{state}/store", "--runroot", f"{state}/run"]
    words += ["--storage-driver=vfs", "--cgroup-manager=cgroupfs", "--runtime=runc", "run", "--rm"]
    words += ["--network=none", "--ulimit=nofile=1024:1024", "--ulimit=nproc=1024:1024"]
    words += ["--security-opt=seccomp=unconfined", f"--device={device}", "--rootfs", str(root)]
    script = 'mkdir -p /etc/cdi && mount --bind "$1" /etc/cdi && shift && exec "$@"'
    isolated = ["unshare", "--mount", "sh", "-c", script, "sh", str(folder / "cdi"), *words]
    done = subprocess.run(
        [*isolated, "/bin/sh", "-c", command], capture_output=True, text=True, check=False, timeout=120
    )
    shutil.rmtree(state, ignore_errors=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _write_specs(folder: Path, machine: Path = MACHINE) -> str:
    binary = images.agent_binary()
    if not binary.exists():
        pytest.fail(f"{binary} is not there: ./dev build release", pytrace=False)
    command = [str(binary), "cdi", "--root", str(machine), "--output-dir", str(folder / "cdi")]
    command += ["--state-dir", str(folder / "state")]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=60).stdout


def _read(reader: Path, folder: Path, *devices: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(reader), str(folder), *devices], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)

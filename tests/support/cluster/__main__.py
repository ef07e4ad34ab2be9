# SPDX-License-Identifier: Apache-2.0
"""python3 -m tests.support.cluster up | down | build: a cluster to play with."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.support.cluster import cache, components, images, node_disk
from tests.support.cluster.cluster import Cluster
from tests.support.cluster.machine import disk_inputs, why_impossible
from tests.support.cluster.node_config import KUNPENG_FUNCTIONS
from tests.support.cluster.process import ClusterError
from tests.support.vm import kernel

_UP_SECONDS = 90 * 60
_DOWN_SECONDS = 60


def _state() -> Path:
    folder = cache.root() / "cluster"
    folder.mkdir(exist_ok=True)
    return folder


def build() -> int:
    """Everything that takes minutes, so that a later start takes seconds."""
    print(node_disk.build(disk_inputs(components.build_all(), kernel.build())))
    return 0


def up() -> int:
    """Starts the keeper in the background, and waits until its cluster is ready."""
    reason = why_impossible()
    if reason:
        print(f"cluster: {reason}", file=sys.stderr)
        return 1
    if _keeper() is not None:
        return _say_how_to_use()
    ready, log = _state() / "kubeconfig", _state() / "log"
    ready.unlink(missing_ok=True)
    with log.open("wb") as output:
        keeper = subprocess.Popen(
            [sys.executable, "-u", "-m", "tests.support.cluster", "keep"],
            cwd=images.REPOSITORY,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    end = time.monotonic() + _UP_SECONDS
    shown = 0
    while keeper.poll() is None and not ready.exists() and time.monotonic() < end:
        shown = _show(log, shown)
        time.sleep(0.5)
    _show(log, shown)
    return _say_how_to_use() if ready.exists() else 1


def keep() -> int:
    """Owns the cluster until it is told to end; everything ends with it."""
    pid_file, ready = _state() / "pid", _state() / "kubeconfig"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    pid_file.write_text(str(os.getpid()), encoding="utf-8")
    cluster = Cluster()
    try:
        cluster.start()
        for function in KUNPENG_FUNCTIONS:
            cluster.node.add_function(function)
        _deploy(cluster)
        ready.symlink_to(cluster.kubeconfig)
        while True:
            signal.pause()
    except ClusterError as error:
        print(f"cluster: {error}", file=sys.stderr)
        return 1
    finally:
        cluster.stop()
        ready.unlink(missing_ok=True)
        pid_file.unlink(missing_ok=True)


def down() -> int:
    pid = _keeper()
    if pid is None:
        print("cluster: none is running")
        return 0
    os.kill(pid, signal.SIGTERM)
    end = time.monotonic() + _DOWN_SECONDS
    while _keeper() is not None and time.monotonic() < end:
        time.sleep(0.2)
    if _keeper() is not None:
        print(f"cluster: process {pid} does not end", file=sys.stderr)
        return 1
    print("cluster: stopped")
    return 0


def _deploy(cluster: Cluster) -> None:
    if images.agent_binary().exists():
        cluster.deploy_agent()
        return
    print(f"cluster: no agent, as {images.agent_binary()} is not built (./dev build release)")


def _keeper() -> int | None:
    """The keeper's process id, when it is there and really is one."""
    try:
        pid = int((_state() / "pid").read_text(encoding="utf-8"))
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return None
    return pid if b"tests.support.cluster" in command else None


def _show(log: Path, start: int) -> int:
    data = log.read_bytes()
    sys.stdout.write(data[start:].decode(errors="replace"))
    sys.stdout.flush()
    return len(data)


def _say_how_to_use() -> int:
    print(f"export KUBECONFIG={_state() / 'kubeconfig'}")
    print(f"# a kubectl of the same version: {components.build_all() / 'kubectl'}")
    print("# to stop the cluster: ./dev cluster down")
    return 0


def main() -> int:
    actions = {"up": up, "keep": keep, "down": down, "build": build}
    parser = argparse.ArgumentParser(prog="python3 -m tests.support.cluster", description=__doc__)
    parser.add_argument("action", choices=sorted(actions))
    return actions[parser.parse_args().action]()


if __name__ == "__main__":
    sys.exit(main())

# SPDX-License-Identifier: Apache-2.0
"""Child processes that die with their parent, and waits that end."""

from __future__ import annotations

import contextlib
import ctypes
import itertools
import os
import random
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
_OUTGOING_PORTS = Path("/proc/sys/net/ipv4/ip_local_port_range")
_FIRST_PORT = 10000
_libc = ctypes.CDLL(None, use_errno=True)


class ClusterError(RuntimeError):
    """Something of the test cluster did not come up, or did not do its work."""


class Process:
    """One component, with its output in a file."""

    def __init__(self, name: str, command: list[str], log: Path) -> None:
        self.name = name
        self._command = command
        self._log = log
        self._start()

    def _start(self) -> None:
        with self._log.open("ab") as output:
            # Call this from the main thread only: the kernel sends the signal
            # below when the thread that forked ends.
            self._child = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    @property
    def pid(self) -> int:
        return self._child.pid

    def kill(self) -> None:
        """As a machine that is gone: nothing is given back."""
        self._signal(signal.SIGKILL)
        self._child.wait(10)

    def running(self) -> bool:
        return self._child.poll() is None

    def check(self) -> None:
        """Raises, with the end of the log, when the process has ended."""
        if not self.running():
            last = self.log_tail(1).strip()
            raise ClusterError(f"{self.name} ended ({self._child.returncode}), {last}\n{self.log_tail()}")

    def stop(self, patience: float = 10) -> None:
        """Ends the process: politely first, and then for certain."""
        if self.running():
            self._signal(signal.SIGTERM)
            try:
                self._child.wait(patience)
            except subprocess.TimeoutExpired:
                self._signal(signal.SIGKILL)
        self._child.wait(patience)

    def restart(self) -> None:
        """SIGKILL, and the same again."""
        self.kill()
        self.start_again()

    def _signal(self, number: int) -> None:
        """To all of its session: what a supervisor has just started, too."""
        if self._child.returncode is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._child.pid, number)

    def start_again(self) -> None:
        self._start()

    def log_tail(self, lines: int = 25) -> str:
        text = self._log.read_text(encoding="utf-8", errors="replace")
        return "\n".join(f"  {self.name}: {line}" for line in text.splitlines()[-lines:])


def die_with_parent() -> None:
    """To be called between fork and exec."""
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


def wait_for(
    what: str,
    answer: Callable[[], T | None],
    seconds: float,
    every: float = 0.2,
    why_not: Callable[[], str] | None = None,
) -> T:
    """Asks until the answer is true; a ClusterError after `seconds`.

    `why_not` is asked once, at the end, for what a reader of the failure
    wants to see.
    """
    end = time.monotonic() + seconds
    while True:
        value = answer()
        if value:
            return value
        if time.monotonic() > end:
            reason = f"\n{why_not()}" if why_not else ""
            raise ClusterError(f"waited {seconds:g} s for {what}{reason}")
        time.sleep(every)


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nothing listens on now.

    They lie below those that the kernel gives to whoever connects: one of
    these could be taken while its server is away for a while, even by a
    connection to itself.
    """
    outgoing = int(_OUTGOING_PORTS.read_text(encoding="ascii").split()[0])
    ports = random.sample(range(_FIRST_PORT, max(outgoing, 2 * _FIRST_PORT)), 100 * count)
    return list(itertools.islice(filter(_is_free, ports), count))


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
